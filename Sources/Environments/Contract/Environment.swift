internal import AscentMathematics
public import AscentRandomness

/// A decision process ⟨S, A, T, r⟩ that a policy acts in and sees through observations.
///
/// Each lane has its own environment. An environment has identity and state, so it is a class. It owns its random
/// stream, and it writes each observation into memory that the caller owns.
///
/// Observations are flattened to floats as ``Space`` describes. An action is one float for each value of the action
/// space; a discrete action is its index, counted from 0.
///
/// Abilities that only some environments have are separate protocols, called roles: ``ActionMasking``, ``HiddenState``,
/// ``RandomTransitions``, ``RandomEmissions``, ``StateKeeper``, ``VectorMember``, ``LockHolder``, ``NoticeGiver``,
/// ``ContractKeeper``. An environment has a role if it conforms to its protocol.
public protocol Environment: AnyObject {
  /// The set of observations.
  var observationSpace: Space { get }
  /// The set of actions.
  var actionSpace: Space { get }
  /// The environment that this one wraps, or nil.
  var wrapped: (any Environment)? { get }

  /// Starts an episode: draws s₁ ~ p(s₁) from the stream of `key` and writes o₁.
  ///
  /// - Parameters:
  ///   - key: the stream of this lane and episode.
  ///   - observation: `observationSize` floats, all of which are overwritten; their previous values are ignored.
  /// - Throws: ``EnvironmentError`` when the environment breaks its contract.
  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError)

  /// Takes one step: draws s′ ~ p(s′∣s, a) and writes o′.
  ///
  /// - Parameters:
  ///   - action: `actionSpace.valueCount` floats.
  ///   - observation: `observationSize` floats, all of which are overwritten; their previous values are ignored.
  /// - Returns: the reward, and the kind of end if the episode ended.
  /// - Throws: ``EnvironmentError`` when the environment breaks its contract.
  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step
}

extension Environment {
  /// Nil by default: the environment is no wrapper.
  public var wrapped: (any Environment)? { nil }

  /// Returns this environment and the ones it wraps, outermost first, without those that lack the role.
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

  /// The number of mask floats after an observation's features, one for each choice; 0 for an environment without
  /// ``ActionMasking``.
  public var maskSize: Int { roles((any ActionMasking).self).first?.maskSize ?? 0 }

  /// The number of floats of an observation: the features, then the mask.
  public var observationSize: Int { observationSpace.flattenedSize + maskSize }

  /// Starts an episode and writes o₁ into an array of `observationSize` floats.
  public func reset(_ key: StreamKey, into observation: inout [Float]) throws(EnvironmentError) {
    let size = observationSpace.flattenedSize
    Require.count(observation.count, of: "observation", atLeast: size, "the environment's observationSize")
    var span = observation.mutableSpan
    try reset(key, into: &span)
  }

  /// Takes one step and writes o′ into an array of `observationSize` floats.
  public func step(_ action: Span<Float>, into observation: inout [Float]) throws(EnvironmentError) -> Step {
    Require.count(action.count, of: "action", is: actionSpace.valueCount, "the valueCount of the actionSpace")
    let size = observationSpace.flattenedSize
    Require.count(observation.count, of: "observation", atLeast: size, "the environment's observationSize")
    var span = observation.mutableSpan
    return try step(action, into: &span)
  }
}
