/// What one step of an environment gave, beside the observation.
public struct Step: Sendable, Equatable {
  /// r(s, a).
  public var reward: Double
  /// How the episode ended, or nil while it goes on.
  public var end: End?
  /// Whether a fault of the environment ended the episode (``FaultTruncation``).
  public var isFault: Bool

  /// How an episode ends.
  ///
  /// When an environment reports both at once, termination wins.
  public enum End: UInt8, Sendable {
    /// The process reached a terminal state: there is no return beyond it.
    case terminated
    /// Something outside of the process stopped it, a time limit for one: its return goes on unseen.
    case truncated
  }

  /// Makes the outcome of a step.
  public init(reward: Double, end: End? = nil, isFault: Bool = false) {
    self.reward = reward
    self.end = end
    self.isFault = isFault
  }
}
