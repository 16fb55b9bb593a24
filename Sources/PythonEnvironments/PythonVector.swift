public import AscentEnvironments
internal import AscentMathematics
public import AscentRandomness
internal import CAscentPython

/// A `gymnasium.vector.VectorEnv`: environments that Python steps with one call.
///
/// All three autoreset modes of Gymnasium are supported. The next episode begins in the next step, whose action is
/// ignored; in the same step, whose `infos["final_obs"]` has the last observation; or in a reset with
/// `options={"reset_mask": …}`.
@safe
public final class PythonVector: EnvironmentVector {
  /// The number of environments.
  public let count: Int
  /// True if an environment whose episode ended ignores the next step.
  public let waitsAfterEnds: Bool

  let hosted: HostedObject
  private let resetsWhenTold: Bool
  private let (observationSize, actionSize): (Int, Int)
  private var actions: [Float]
  private var observations: [Float]
  private var lastObservations: [Float]
  private var rewards: [Double]
  private var terminated: [UInt8]
  private var truncated: [UInt8]
  private var beginnings: [Beginning]

  /// The beginning of a row's next episode.
  private enum Beginning {
    /// None: the episode continues.
    case none
    /// The current observation.
    case ready
    /// The observation of the next step.
    case afterNextStep
    /// The observation of a reset of this row, which is not yet done.
    case onDemand
  }

  /// Opens a vector.
  ///
  /// - Parameters:
  ///   - opening: a Gymnasium id that has a vector entry point, or `file.py:Class`, which is called with `num_envs`.
  ///   - count: the number of environments.
  ///   - firstLane: the lane of the first one.
  ///   - randomness: the source of their random numbers.
  ///   - interpreter: the embedded Python.
  /// - Throws: ``PythonError`` when it does not exist, is not a vector, or has spaces that are not supported.
  public init(
    _ opening: PythonOpening, count: Int, firstLane: Int, randomness: EnvironmentRandomness,
    interpreter: Interpreter
  ) throws(PythonError) {
    Require.number(count, of: "number of environments of a vector", from: 1)
    hosted = unsafe try HostedObject(lane: firstLane, randomness: randomness, interpreter: interpreter) {
      out, failure in
      unsafe opening.withC { unsafe cpython_vector_open($0, count, &out, failure) }
    }
    let autoreset = unsafe cpython_vector_autoreset(hosted.handle)
    self.count = count
    waitsAfterEnds = autoreset == .next_step
    resetsWhenTold = autoreset == .disabled
    observationSize = hosted.observationSpace.flattenedSize
    actionSize = hosted.actionSpace.valueCount
    actions = Array(repeating: 0, count: count * actionSize)
    observations = Array(repeating: 0, count: count * observationSize)
    lastObservations = observations
    rewards = Array(repeating: 0, count: count)
    terminated = Array(repeating: 0, count: count)
    truncated = terminated
    beginnings = Array(repeating: .none, count: count)
  }

  /// The environments, in the order of their lanes.
  public var environments: [any Environment] { (0..<count).map { PythonVectorMember(self, $0) } }

  /// The names of the text-valued observations, which policies do not receive, joined by commas.
  public var leftOut: String { hosted.leftOut }

  /// The number of steps after which the vector truncates according to Gymnasium, or nil if that is unknown.
  public var timeLimit: Int? { hosted.timeLimit }

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

  /// Resets all environments with a seed from the stream, which seeds state beside `np_random`.
  public func restart(_ key: StreamKey, following transitions: StreamKey) throws(EnvironmentError) {
    hosted.begin(key)
    let seed = try hosted.seed(key, isRepeated: true)
    let failure = unsafe observations.withUnsafeMutableBufferPointer { out in
      unsafe Failure.of { failure in
        guard let out = out.baseAddress else { return .no_memory }
        return unsafe cpython_vector_reset(hosted.handle, seed, out, failure)
      }
    }
    try hosted.check(failure)
    for row in 0..<count { (beginnings[row], terminated[row], truncated[row]) = (.ready, 0, 0) }
    for k in actions.indices { actions[k] = 0 }
    hosted.draw(from: transitions)
  }

  /// Calls `step` with all actions, and checks its result.
  public func advance() throws(EnvironmentError) {
    hosted.countStep()
    // Without autoreset, every environment must be in an episode, even one whose lane takes no more steps.
    for row in 0..<count where beginnings[row] == .onDemand { try reset(row) }
    try hosted.check(unsafe Failure.of { unsafe step($0) })
    for row in 0..<count {
      if beginnings[row] == .afterNextStep {
        // The step ignored this row's action; its observation begins the next episode.
        beginnings[row] = .ready
      } else if terminated[row] != 0 || truncated[row] != 0 {
        beginnings[row] = waitsAfterEnds ? .afterNextStep : resetsWhenTold ? .onDemand : .ready
      } else {
        beginnings[row] = .none
      }
    }
    for k in actions.indices { actions[k] = 0 }
  }

  /// Calls the shim with pointers to all buffers.
  private func step(_ failure: UnsafeMutablePointer<cpython_failure>) -> cpython_fault {
    unsafe observations.withUnsafeMutableBufferPointer { o in
      unsafe lastObservations.withUnsafeMutableBufferPointer { last in
        unsafe terminated.withUnsafeMutableBufferPointer { e in
          unsafe truncated.withUnsafeMutableBufferPointer { u in
            unsafe rewards.withUnsafeMutableBufferPointer { r in
              unsafe actions.withUnsafeBufferPointer { a in
                guard let o = o.baseAddress, let last = last.baseAddress, let e = e.baseAddress,
                  let u = u.baseAddress, let r = r.baseAddress, let a = a.baseAddress
                else { return .no_memory }
                var batch = unsafe cpython_batch(
                  observations: o, finals: last, rewards: r, terminated: e, truncated: u)
                return unsafe cpython_vector_step(hosted.handle, a, &batch, failure)
              }
            }
          }
        }
      }
    }
  }

  // MARK: One row

  func isWaiting(_ row: Int) -> Bool { beginnings[row] == .afterNextStep }

  func prepare(_ row: Int, _ action: Span<Float>) {
    Require.count(action.count, of: "action", is: actionSize, "the valueCount of the actionSpace")
    for k in 0..<actionSize { actions[row * actionSize + k] = action[k] }
  }

  func begin(_ row: Int, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    precondition(
      beginnings[row] == .ready || beginnings[row] == .onDemand,
      "an episode of a vector begins only after the previous one ended")
    if beginnings[row] == .onDemand { try reset(row) }
    copy(observations, row, into: &observation)
  }

  func outcome(_ row: Int, into observation: inout MutableSpan<Float>) -> Step {
    let end: Step.End? = terminated[row] != 0 ? .terminated : truncated[row] != 0 ? .truncated : nil
    copy(end == nil ? observations : lastObservations, row, into: &observation)
    return Step(reward: rewards[row], end: end)
  }

  private func reset(_ row: Int) throws(EnvironmentError) {
    let start = row * observationSize
    let failure = unsafe observations.withUnsafeMutableBufferPointer { out in
      unsafe Failure.of { failure in
        guard let base = out.baseAddress else { return .no_memory }
        return unsafe cpython_vector_reset_row(hosted.handle, row, base + start, failure)
      }
    }
    try hosted.check(failure, row)
    beginnings[row] = .ready
  }

  private func copy(_ numbers: [Float], _ row: Int, into observation: inout MutableSpan<Float>) {
    Require.count(
      observation.count, of: "observation", is: observationSize, "the environment's observationSize")
    for k in 0..<observationSize { observation[k] = numbers[row * observationSize + k] }
  }
}
