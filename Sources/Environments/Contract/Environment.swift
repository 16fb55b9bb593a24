public import Randomness

/// A process that a policy acts in: ⟨S, A, T, r⟩, seen through observations.
///
/// An environment is the world of one lane. It has an identity, so it is a class. It owns the random stream that it draws from,
/// and it writes each observation into memory that the caller owns.
///
/// Observations are flattened to floats as ``Space`` describes; an action is one float for each value of the action space (a
/// discrete action is its index, counted from 0).
///
/// What only some environments can do is a role of its own: ``ActionMasking``, ``HiddenState``, ``RandomTransitions``,
/// ``RandomEmissions``, ``StateKeeper``, ``VectorMember``, ``LockHolder``. An environment plays a role by conforming to it.
public protocol Environment: AnyObject {
  /// The set of observations.
  var observationSpace: Space { get }
  /// The set of actions.
  var actionSpace: Space { get }
  /// The environment that this one wraps, or nil.
  var wrapped: (any Environment)? { get }

  /// Starts an episode: draws s₁ ~ p(s₁) on the stream that `key` names and writes o₁.
  ///
  /// - Parameters:
  ///   - key: the stream of this lane and episode.
  ///   - observation: `observationSize` floats, all of which it writes; what they are before means nothing.
  /// - Throws: ``EnvironmentError`` when the environment breaks its contract.
  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError)

  /// Makes a step: draws s′ ~ p(s′∣s, a) and writes o′.
  ///
  /// - Parameters:
  ///   - action: `actionSpace.valueCount` floats.
  ///   - observation: `observationSize` floats, all of which it writes; what they are before means nothing.
  /// - Returns: the reward, and how the episode ended if it did.
  /// - Throws: ``EnvironmentError`` when the environment breaks its contract.
  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step
}

extension Environment {
  /// Nil: it wraps nothing.
  public var wrapped: (any Environment)? { nil }

  /// This environment and those that it wraps, from the outside in, as far as they play a role.
  ///
  /// The role is an existential type: `environment.roles((any ActionMasking).self)`.
  public func roles<Role>(_ role: Role.Type) -> [Role] {
    var (found, next) = ([Role](), (any Environment)?(self))
    while let environment = next {
      if let player = environment as? Role { found.append(player) }
      next = environment.wrapped
    }
    return found
  }

  /// Floats behind an observation's features that say which choices are allowed; 0 where every choice always is.
  public var maskSize: Int { roles((any ActionMasking).self).first?.maskSize ?? 0 }

  /// Floats per observation: the features, then the mask.
  public var observationSize: Int { observationSpace.flattenedSize + maskSize }

  /// Starts an episode and writes o₁ into an array of `observationSize` floats.
  public func reset(_ key: StreamKey, into observation: inout [Float]) throws(EnvironmentError) {
    var span = observation.mutableSpan
    try reset(key, into: &span)
  }

  /// Makes a step and writes o′ into an array of `observationSize` floats.
  public func step(_ action: Span<Float>, into observation: inout [Float]) throws(EnvironmentError) -> Step {
    var span = observation.mutableSpan
    return try step(action, into: &span)
  }
}
