public import AscentEnvironments

extension Training {
  /// The results of a run.
  public struct Outcome: Sendable {
    /// All environment steps of the run, those before a resumption included.
    public var steps: Int
    /// The steps since this process began or resumed the run, of all lanes.
    public var newSteps: Int
    /// The duration of this process's training loop.
    public var seconds: Double
    /// The mean return of the last 100 training episodes that ended, or of all if there are fewer; NaN if there are none.
    ///
    /// A resumed run has the same number as one that was not interrupted, and so has a run with any number of workers.
    public var meanReturn: Double
    /// The run's fingerprint.
    public var fingerprint: String
    /// The hash of the learned parameters alone, without seed and versions.
    public var bits: String
    /// The number of episodes that a fault of the environment ended, in the iterations of this process.
    public var faults: Int
    /// One of these faults, in a lane that this process hosts.
    public var lastFault: EnvironmentError?
    /// True if the run was interrupted; a checkpoint was then saved.
    public var isInterrupted: Bool
    /// The time by phase, if it was measured.
    public var profile: RunProfile?

    /// Environment steps per second since this process began or resumed the run.
    public var stepsPerSecond: Double { seconds > 0 ? Double(newSteps) / seconds : 0 }
  }
}
