public import Randomness

/// A process that a policy acts in: ⟨S, A, T, r⟩, seen through observations.
///
/// An environment is one lane's world and has an identity: it is a class, it owns its random stream, and it
/// writes each observation into memory that the caller owns.
///
/// Observations are flattened to floats as ``Space`` documents; an action is one float for each value of the
/// action space (a discrete action is its index, counted from 0).
public protocol Environment: StateKeeper {
  /// The set of observations.
  var observationSpace: Space { get }
  /// The set of actions.
  var actionSpace: Space { get }
  /// Floats behind an observation's features that say which choices are allowed now: 1 or 0 for each choice of
  /// the discrete actions, in their order; 0 where everything always is.
  var maskSize: Int { get }
  /// The state behind the last observation, where the environment gives it: a policy is not shown it, a trajectory file is.
  var hiddenState: [Float]? { get }

  /// Says that ``hiddenState`` will be asked for, before the next reset: what has to be copied for it is copied then.
  func keepHiddenState()

  /// Starts an episode: draws s₁ ~ p(s₁) on the stream that `key` names and writes o₁.
  ///
  /// - Parameters:
  ///   - key: the stream of this lane and episode.
  ///   - observation: `observationSize` floats.
  /// - Throws: ``EnvironmentError`` when the environment breaks its contract.
  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError)

  /// Draws transitions from the stream that `key` names from now on, until the next reset.
  ///
  /// Initial states and transitions have streams of their own, so that each can be drawn anew while the other
  /// is held. An environment without random transitions has nothing to do.
  func follow(_ key: StreamKey)

  /// Draws emissions from the stream that `key` names in the episode that the next reset starts.
  ///
  /// An environment whose observations are not drawn has nothing to do.
  func emit(from key: StreamKey)

  /// Says which action the next step makes, where environments are stepped together (``EnvironmentVector``).
  func prepare(_ action: Span<Float>)

  /// Whether the next episode begins only after a step of the others that it is stepped together with.
  var isWaiting: Bool { get }

  /// Draws s′ ~ p(s′∣s, a) and writes o′.
  ///
  /// - Parameters:
  ///   - action: `actionSpace.valueCount` floats.
  ///   - observation: `observationSize` floats.
  /// - Returns: the reward, and how the episode ended if it did.
  /// - Throws: ``EnvironmentError`` when the environment breaks its contract.
  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step

  /// Runs `body`, which will reset and step, inside whatever the environment needs to hold meanwhile
  /// (a hosted interpreter's lock). Steps outside of it work too, only slower.
  func held<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R
}

extension Environment {
  /// Who is stepped alone needs to know nothing before.
  public func prepare(_ action: Span<Float>) {}

  /// Who is stepped alone waits for nobody.
  public var isWaiting: Bool { false }

  /// Everything is allowed.
  public var maskSize: Int { 0 }

  /// It is not given.
  public var hiddenState: [Float]? { nil }

  /// There is nothing to copy.
  public func keepHiddenState() {}

  /// Floats per observation: the features, then the mask.
  public var observationSize: Int { observationSpace.flattenedSize + maskSize }

  /// Nothing is emitted by chance.
  public func emit(from key: StreamKey) {}

  /// Goes on drawing from the stream of the reset.
  public func follow(_ key: StreamKey) {}

  /// Most environments hold nothing.
  public func held<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try body()
  }
}

// The same calls on arrays that the caller owns.
extension Environment {
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
