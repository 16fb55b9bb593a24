public import Randomness

/// An environment whose episodes are truncated after a number of steps.
public final class TimeLimit: EnvironmentWrapper {
  /// The environment that is limited.
  public let base: any Environment
  /// The number of steps after which an episode is cut.
  public let limit: Int
  private var steps = 0

  /// Lays a limit of at least one step over `base`.
  public init(_ base: any Environment, limit: Int) {
    self.base = base
    self.limit = max(1, limit)
  }

  /// Starts the episode of `key` and counts from 0.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    steps = 0
    try base.reset(key, into: &observation)
  }

  /// Takes one action; the last one allowed truncates the episode.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    var step = try base.step(action, into: &observation)
    steps += 1
    if step.end == nil, steps >= limit { step.end = .truncated }
    return step
  }
}
