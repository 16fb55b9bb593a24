public import Randomness

/// An environment around another one: what it does not do itself, the one below does.
public protocol EnvironmentWrapper: Environment {
  /// The environment below.
  var base: any Environment { get }
}

extension EnvironmentWrapper {
  /// The space of the environment below.
  public var observationSpace: Space { base.observationSpace }
  /// The space of the environment below.
  public var actionSpace: Space { base.actionSpace }
  /// The mask of the environment below.
  public var maskSize: Int { base.maskSize }
  /// The state of the environment below.
  public var hiddenState: [Float]? { base.hiddenState }

  /// Whether the environment below keeps something.
  public var keepsState: Bool { base.keepsState }

  /// What the environment below keeps.
  public func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8] { try base.state(before: key) }

  /// Gives it back to the environment below.
  public func take(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {
    try base.take(state, before: key)
  }

  /// Whether the environment below waits.
  public var isWaiting: Bool { base.isWaiting }

  /// Prepares the environment below.
  public func prepare(_ action: Span<Float>) { base.prepare(action) }

  /// Keeps that of the environment below.
  public func keepHiddenState() { base.keepHiddenState() }

  /// Emits in the environment below.
  public func emit(from key: StreamKey) { base.emit(from: key) }

  /// Follows in the environment below.
  public func follow(_ key: StreamKey) { base.follow(key) }

  /// Holds what the environment below holds.
  public func held<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try base.held(body)
  }
}
