internal import CPython
public import Environments
public import Randomness

/// An environment that lives in Python: Gymnasium's, a package's, or a file's.
@safe
public final class PythonEnvironment: Environment, ActionMasking, StateKeeper, RandomTransitions, LockHolder {
  /// The space of observations.
  public let observationSpace: Space
  /// The space of actions.
  public let actionSpace: Space
  /// How many choices of the actions a mask speaks of; 0 unless masks were asked for.
  public let maskSize: Int

  private let hosted: HostedObject

  /// Opens an environment.
  ///
  /// - Parameters:
  ///   - opening: which environment, and how.
  ///   - lane: the lane that it is for.
  ///   - randomness: where its random numbers come from.
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
  }

  private static func maskSize(_ hosted: HostedObject, _ reference: String) throws(PythonError) -> Int {
    var size = 0
    let failure = unsafe Failure.of { unsafe cpython_environment_mask_actions(hosted.handle, &size, $0) }
    if let failure { throw failure.pythonError }
    guard size > 0 else {
      throw PythonError(
        .unsupported, "\(reference) has no discrete action; leave environment.action_masks away")
    }
    return size
  }

  /// The text-valued observations, which no policy reads, joined by commas.
  public var leftOut: String { hosted.leftOut }

  /// The number of steps after which gymnasium's TimeLimit, which is taken off, would truncate: for a ``TimeLimit`` around it.
  public var timeLimit: Int? { hosted.timeLimit }

  /// What `reset(seed=…)` received, once it has, under ``EnvironmentRandomness/native``.
  public var nativeSeed: UInt64? { hosted.nativeSeed }

  /// Calls `reset()` of the hosted object, with the seed of `key` where the environment seeds itself.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
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

  /// Calls `step(action)` of the hosted object and checks what it returns.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
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

  /// Draws from this stream, unless the environment has a generator of its own.
  public func drawTransitions(from key: StreamKey) { hosted.draw(from: key) }

  /// Whether a layer of it has `ascent_get_state()` and `ascent_set_state(state)`.
  public var keepsState: Bool { hosted.keepsState }

  /// What `ascent_get_state()` of its layers returns.
  public func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8] {
    try hosted.state(before: key)
  }

  /// Hands a state to `ascent_set_state()` of its layers.
  public func restore(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {
    try hosted.restore(state, before: key)
  }

  /// Holds the interpreter's lock, which single steps would take and give back one by one.
  public func withLock<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try hosted.interpreter.withLock(body)
  }

  /// The process's tables as tables.py writes them, "" where there are none.
  var tableText: String {
    get throws(PythonError) {
      try unsafe Interpreter.text { unsafe cpython_environment_table(hosted.handle, $0, $1) }
    }
  }
}
