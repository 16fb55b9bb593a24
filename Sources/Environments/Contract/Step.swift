/// The outcome of one step of an environment, without the observation.
public struct Step: Sendable, Equatable {
  /// The reward of the step.
  public var reward: Double
  /// The kind of end of the episode, or nil while it continues.
  public var end: End?
  /// True if a fault of the environment ended the episode (``FaultTruncation``).
  public var isFault: Bool

  /// The kinds of ends of an episode.
  ///
  /// An episode that is reported as both terminated and truncated counts as terminated.
  public enum End: UInt8, Sendable {
    /// The process reached a terminal state; the return beyond it is 0.
    case terminated
    /// Something outside of the process, such as a time limit, stopped the episode; the return beyond it is not
    /// observed.
    case truncated
  }

  /// Makes the outcome of a step.
  public init(reward: Double, end: End? = nil, isFault: Bool = false) {
    self.reward = reward
    self.end = end
    self.isFault = isFault
  }
}
