/// An environment around another one, with the same spaces by default.
public protocol EnvironmentWrapper: Environment {
  /// The wrapped environment.
  var base: any Environment { get }
}

extension EnvironmentWrapper {
  /// The wrapped environment.
  public var wrapped: (any Environment)? { base }
  /// The observation space of the wrapped environment.
  public var observationSpace: Space { base.observationSpace }
  /// The action space of the wrapped environment.
  public var actionSpace: Space { base.actionSpace }
}
