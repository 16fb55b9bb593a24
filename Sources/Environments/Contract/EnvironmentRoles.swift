public import AscentRandomness

/// The role of an environment that marks which choices are allowed.
///
/// It writes a mask after the features of each observation: one float for each choice of the discrete actions, in their
/// order, 1 if the choice is allowed and 0 if not.
public protocol ActionMasking: AnyObject {
  /// The number of floats of the mask; 0 if every choice is always allowed.
  var maskSize: Int { get }
}

/// The role of an environment that exposes the state behind its observations, for trajectory files.
///
/// Policies never receive this state.
public protocol HiddenState: AnyObject {
  /// The state behind the last observation, or nil.
  var hiddenState: [Float]? { get }

  /// Stores a copy of the state at each step from the next reset on, if ``hiddenState`` needs a copy.
  func keepHiddenState()
}

extension HiddenState {
  /// Does nothing: the state is available without a copy.
  public func keepHiddenState() {}
}

/// The role of an environment with random transitions.
///
/// Initial states and transitions have separate streams, so that either can be redrawn while the other is fixed.
public protocol RandomTransitions: AnyObject {
  /// Draws transitions from the stream of `key`, from now until the next reset.
  func drawTransitions(from key: StreamKey)
}

/// The role of an environment with random observations.
public protocol RandomEmissions: AnyObject {
  /// Draws emissions from the stream of `key`, in the episode that the next reset starts.
  func drawEmissions(from key: StreamKey)
}

/// The role of an environment that needs a lock to be reset and stepped: the lock of Python's interpreter.
public protocol LockHolder: AnyObject {
  /// Runs `body` while holding the lock; without it, each reset and step acquires the lock separately, which is slower.
  func withLock<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R
}

/// The role of an environment whose rewards and observations are checked before ``Lanes`` receives them.
///
/// ``Lanes`` checks what the other environments return; a wrapper has the answer of the environment that it wraps.
public protocol ContractKeeper: AnyObject {
  /// True if a reward is finite, and an observation an element of its space, whenever a step or a reset does not throw.
  var keepsContract: Bool { get }
}

/// The role of an environment that may have something to tell the user after it was stepped.
public protocol NoticeGiver: AnyObject {
  /// Returns the notices since the last call; every notice is returned once.
  func takeNotices() -> [Notice]
}

/// Something that an environment does and a user should know, though the run goes on.
public struct Notice: Hashable, Sendable {
  /// The kinds of notices.
  public enum Subject: Sendable {
    /// A value that is not of the type that its space declares, and was converted.
    case conversion
    /// A floating-point mode that the environment changed.
    case floatingPoint
  }

  /// The words that every notice about a floating-point mode has, by which a recorded one is found.
  public static let floatingPointWords = "changed the floating-point mode"

  /// The kind.
  public let subject: Subject
  /// One sentence, without a full stop.
  public let text: String

  /// Makes a notice.
  public init(_ subject: Subject, _ text: String) {
    self.subject = subject
    self.text = text
  }
}
