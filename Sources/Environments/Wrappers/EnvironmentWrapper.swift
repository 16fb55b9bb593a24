/// An environment around another one, with the same spaces unless it says otherwise.
public protocol EnvironmentWrapper: Environment {
  /// The environment inside.
  var base: any Environment { get }
}

extension EnvironmentWrapper {
  /// The environment inside.
  public var wrapped: (any Environment)? { base }
  /// The space of the environment inside.
  public var observationSpace: Space { base.observationSpace }
  /// The space of the environment inside.
  public var actionSpace: Space { base.actionSpace }
}
