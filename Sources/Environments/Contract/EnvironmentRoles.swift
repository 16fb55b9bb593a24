public import Randomness

/// The role of an environment that says which choices are allowed.
///
/// It writes the mask behind the features of each observation: one float for each choice of the discrete actions, in their
/// order, 1 if the choice is allowed and 0 if not.
public protocol ActionMasking: AnyObject {
  /// Floats of the mask; 0 if every choice is always allowed.
  var maskSize: Int { get }
}

/// The role of an environment that gives the state behind its observations, for trajectory files.
///
/// No policy is shown it.
public protocol HiddenState: AnyObject {
  /// The state behind the last observation, or nil.
  var hiddenState: [Float]? { get }

  /// Copies the state at each step from the next reset on, if it has to be copied to be given.
  func keepHiddenState()
}

extension HiddenState {
  /// Does nothing: the state is there anyway.
  public func keepHiddenState() {}
}

/// The role of an environment whose transitions are drawn.
///
/// Initial states and transitions have streams of their own, so that each can be drawn anew while the other is fixed.
public protocol RandomTransitions: AnyObject {
  /// Draws transitions from the stream that `key` names, from now on until the next reset.
  func drawTransitions(from key: StreamKey)
}

/// The role of an environment whose observations are drawn.
public protocol RandomEmissions: AnyObject {
  /// Draws emissions from the stream that `key` names, in the episode that the next reset starts.
  func drawEmissions(from key: StreamKey)
}

/// The role of an environment that has to hold a lock while it is reset and stepped: that of Python's interpreter.
public protocol LockHolder: AnyObject {
  /// Runs `body` with the lock held. Resets and steps outside of it take the lock one by one, which is slower.
  func withLock<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R
}
