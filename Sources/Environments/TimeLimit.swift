public import Randomness

/// An environment whose episodes are truncated after a number of steps.
public final class TimeLimit: Environment {
  private let base: any Environment
  /// The number of steps after which an episode is cut.
  public let limit: Int
  private var steps = 0

  /// Lays a limit of at least one step over `base`.
  public init(_ base: any Environment, limit: Int) {
    self.base = base
    self.limit = max(1, limit)
  }

  /// The space of the environment below.
  public var observationSpace: Space { base.observationSpace }
  /// The space of the environment below.
  public var actionSpace: Space { base.actionSpace }
  /// The mask of the environment below.
  public var maskSize: Int { base.maskSize }

  /// Starts the episode of `key` and counts from 0.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    steps = 0
    try base.reset(key, into: &observation)
  }

  /// Emits in the environment below.
  public func emit(from key: StreamKey) { base.emit(from: key) }

  /// Follows in the environment below.
  public func follow(_ key: StreamKey) { base.follow(key) }

  /// Takes one action; the last one allowed truncates the episode.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    var step = try base.step(action, into: &observation)
    steps += 1
    if step.end == nil, steps >= limit { step.end = .truncated }
    return step
  }

  /// Holds what the environment below holds.
  public func held<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try base.held(body)
  }
}
