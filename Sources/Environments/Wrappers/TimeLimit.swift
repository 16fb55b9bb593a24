public import AscentRandomness

/// A wrapper that truncates episodes after a number of steps.
public final class TimeLimit: EnvironmentWrapper, ContractKeeper {
  /// The wrapped environment.
  public let base: any Environment
  /// True if the wrapped environment is checked.
  public var keepsContract: Bool { base.isChecked }
  /// The number of steps after which an episode is truncated.
  public let limit: Int
  private var steps = 0

  /// Limits the episodes of `base` to `limit` steps, at least one.
  public init(_ base: any Environment, limit: Int) {
    self.base = base
    self.limit = max(1, limit)
  }

  /// Starts the episode of `key` and resets the step count.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    steps = 0
    try base.reset(key, into: &observation)
  }

  /// Takes one step, and truncates an episode that reaches the limit.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    var step = try base.step(action, into: &observation)
    steps += 1
    if step.end == nil, steps >= limit { step.end = .truncated }
    return step
  }
}
