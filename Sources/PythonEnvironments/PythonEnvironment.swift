public import AscentEnvironments
internal import AscentMathematics
public import AscentRandomness
internal import CAscentPython

/// An environment implemented in Python: Gymnasium's, a package's, or a file's.
@safe
public final class PythonEnvironment: Environment, ActionMasking, StateKeeper, RandomTransitions, LockHolder,
  NoticeGiver, ContractKeeper
{
  /// The space of observations.
  public let observationSpace: Space
  /// The space of actions.
  public let actionSpace: Space
  /// The number of choices that a mask covers; 0 unless masks were requested.
  public let maskSize: Int

  private let hosted: HostedObject
  private let observationSize, actionSize: Int

  /// Opens an environment.
  ///
  /// - Parameters:
  ///   - opening: the environment to open, with its options.
  ///   - lane: the lane of the environment.
  ///   - randomness: the source of its random numbers.
  ///   - interpreter: the embedded Python.
  /// - Throws: ``PythonError`` when it does not exist, cannot be made, has spaces that are not supported, or has
  ///   no discrete action to mask.
  public init(
    _ opening: PythonOpening, lane: Int, randomness: EnvironmentRandomness, interpreter: Interpreter
  ) throws(PythonError) {
    hosted = unsafe try HostedObject(lane: lane, randomness: randomness, interpreter: interpreter) {
      out, failure in
      unsafe opening.withC { unsafe cpython_environment_open($0, &out, failure) }
    }
    (observationSpace, actionSpace) = (hosted.observationSpace, hosted.actionSpace)
    maskSize = opening.masksActions ? try Self.maskSize(hosted, opening.reference) : 0
    observationSize = hosted.observationSpace.flattenedSize + maskSize
    actionSize = hosted.actionSpace.valueCount
  }

  private static func maskSize(_ hosted: HostedObject, _ reference: String) throws(PythonError) -> Int {
    var size = 0
    let failure = unsafe Failure.of { unsafe cpython_environment_mask_actions(hosted.handle, &size, $0) }
    if let failure { throw failure.pythonError }
    guard size > 0 else {
      throw PythonError(
        .unsupported, "\(reference) has no discrete action; omit environment.action_masks")
    }
    return size
  }

  /// The names of the text-valued observations, which policies do not receive, joined by commas.
  public var leftOut: String { hosted.leftOut }

  /// The limit of gymnasium's TimeLimit, which is removed, in steps: for a ``TimeLimit`` around this environment.
  public var timeLimit: Int? { hosted.timeLimit }

  /// The seed that `reset(seed=…)` received under ``EnvironmentRandomness/native``, or nil before that.
  public var nativeSeed: UInt64? { hosted.nativeSeed }

  /// Calls the hosted `reset()`; the first call has a seed from `key` if the environment draws from its own generator.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    Require.count(
      observation.count, of: "observation", atLeast: observationSize, "the environment's observationSize")
    hosted.begin(key)
    let seed = try hosted.seed(key)
    let failure = unsafe observation.withUnsafeMutableBufferPointer { out in
      unsafe Failure.of { failure in
        guard let out = out.baseAddress else { return .no_memory }
        return unsafe cpython_environment_reset(hosted.handle, seed, out, failure)
      }
    }
    try hosted.check(failure)
  }

  /// Calls the hosted `step(action)` and checks its result.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Require.count(action.count, of: "action", is: actionSize, "the valueCount of the actionSpace")
    Require.count(
      observation.count, of: "observation", atLeast: observationSize, "the environment's observationSize")
    hosted.countStep()
    var outcome = cpython_outcome()
    let failure = unsafe action.withUnsafeBufferPointer { a in
      unsafe observation.withUnsafeMutableBufferPointer { out in
        unsafe Failure.of { failure in
          guard let a = a.baseAddress, let out = out.baseAddress else { return .no_memory }
          return unsafe cpython_environment_step(hosted.handle, a, out, &outcome, failure)
        }
      }
    }
    try hosted.check(failure)
    let end: Step.End? = outcome.terminated != 0 ? .terminated : outcome.truncated != 0 ? .truncated : nil
    return Step(reward: outcome.reward, end: end)
  }

  // MARK: Roles

  /// True: the bridge checks what Python returns.
  public var keepsContract: Bool { true }

  /// Restarts the stream at `key`, unless the environment draws from its own generator.
  public func drawTransitions(from key: StreamKey) { hosted.draw(from: key) }

  /// True if one of its layers has `ascent_get_state()` and `ascent_set_state(state)`.
  public var keepsState: Bool { hosted.keepsState }

  /// Returns the state of its layers, from `ascent_get_state()`.
  public func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8] {
    try hosted.state()
  }

  /// Restores the state of its layers with `ascent_set_state()`.
  public func restore(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {
    try hosted.restore(state, before: key)
  }

  /// Runs `body` while holding the interpreter's lock, which single steps would acquire and release separately.
  public func withLock<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try hosted.interpreter.withLock(body)
  }

  /// Returns the notices about values of other types than their spaces declare, which were converted, and about the
  /// floating-point mode.
  public func takeNotices() -> [Notice] { hosted.takeNotices() }

  /// The tables of the process in the format of tables.py; "" if there are none.
  var tableText: String {
    get throws(PythonError) {
      try unsafe Interpreter.text { unsafe cpython_environment_table(hosted.handle, $0, $1) }
    }
  }
}
