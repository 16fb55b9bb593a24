public import Environments

extension Training {
  /// What a run ends with.
  public struct Outcome: Sendable {
    /// All environment steps of the run.
    public var steps: Int
    /// Those that this process made.
    public var newSteps: Int
    /// Seconds of this process's training loop.
    public var seconds: Double
    /// Ĵ of the last iteration that saw an episode to its end, or NaN.
    public var meanReturn: Double
    /// The run's fingerprint.
    public var fingerprint: String
    /// How many episodes a fault of the environment ended in this process's iterations.
    public var faults: Int
    /// One of them, in the lanes of this process.
    public var lastFault: EnvironmentError?
    /// Whether it was interrupted; a checkpoint was saved then.
    public var isInterrupted: Bool
    /// Where the time went, if somebody asked.
    public var profile: RunProfile?

    /// Environment steps of this process per second.
    public var stepsPerSecond: Double { seconds > 0 ? Double(newSteps) / seconds : 0 }
  }
}
