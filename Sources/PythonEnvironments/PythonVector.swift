internal import CPython
public import Environments
public import Randomness

/// Environments that Python steps with one call: a `gymnasium.vector.VectorEnv`.
///
/// All three ways of beginning the next episode are followed: in the next step (that step of the lane is sat out), in the same step
/// (the last observation is in `infos["final_obs"]`), and when told to (`options={"reset_mask": …}`).
@safe
public final class PythonVector: EnvironmentVector {
  /// How many environments.
  public let count: Int
  /// Whether one whose episode ended sits the next step out.
  public let waitsAfterEnds: Bool
  /// The set of observations of one.
  public let observationSpace: Space
  /// The set of actions of one.
  public let actionSpace: Space
  /// The texts among the observations, which no policy reads, joined by commas.
  public let leftOut: String
  /// The steps after which Gymnasium says that the vector truncates, if it says so.
  public let timeLimit: Int?

  private let handle: OpaquePointer
  private let interpreter: Interpreter
  private let stream: RandomStream
  private let randomness: EnvironmentRandomness
  private let resetsWhenTold: Bool
  private let firstLane: Int
  /// Whether a layer of it has `ascent_get_state()` and `ascent_set_state(state)`.
  public let keepsState: Bool
  private let (observationSize, actionSize): (Int, Int)
  private var actions: [Float]
  private var observations: [Float]
  private var finals: [Float]
  private var rewards: [Double]
  private var terminated: [UInt8]
  private var truncated: [UInt8]
  /// What a row's next reset gives: nothing yet, the observation that is there, or one that has to be asked for.
  private var beginnings: [Beginning]
  private var wasReset = false
  private var place = (episode: 0, step: 0, seed: UInt64(0))

  private enum Beginning { case none, there, later, asked }

  /// Opens a vector.
  ///
  /// - Parameters:
  ///   - reference: a Gymnasium id that has a vector entry point, or `file.py:Class`, which is called with `num_envs`.
  ///   - count: how many environments.
  ///   - firstLane: the lane of the first one.
  ///   - randomness: where its random numbers come from.
  ///   - register: functions to call first, `module:function`.
  ///   - interpreter: the embedded Python.
  /// - Throws: ``PythonError`` when it does not exist, is no vector, or has spaces that are not supported.
  public init(
    _ reference: String, count: Int, firstLane: Int, randomness: EnvironmentRandomness,
    register: [String] = [], interpreter: Interpreter
  ) throws(PythonError) {
    interpreter.beginOpening(lane: firstLane)
    var opened: OpaquePointer?
    let failure = unsafe Failure.of { failure in
      unsafe CTexts.with(register) { functions, functionCount in
        unsafe cpython_vector_open(reference, count, functions, functionCount, &opened, failure)
      }
    }
    guard failure == nil, let handle = unsafe opened else {
      throw failure?.pythonError ?? PythonError(.start, "there is no memory left for Python")
    }
    do {
      stream = try RandomStream(
        StreamKey(seed: 0, purpose: .environment, lane: UInt32(firstLane)), generator: randomness.generator)
    } catch {
      unsafe cpython_environment_close(handle)
      throw PythonError(.start, "\(error)")
    }
    unsafe self.handle = handle
    self.interpreter = interpreter
    self.randomness = randomness
    (self.count, self.firstLane) = (count, firstLane)
    let autoreset = unsafe cpython_vector_autoreset(handle)
    keepsState = unsafe !randomness.isNative && HostedState.isKept(handle)
    waitsAfterEnds = autoreset == .next_step
    resetsWhenTold = autoreset == .disabled
    leftOut = unsafe String(cString: cpython_environment_left_out(handle))
    observationSpace = unsafe Space(handle, ofActions: false)
    actionSpace = unsafe Space(handle, ofActions: true)
    let limit = unsafe cpython_environment_time_limit(handle)
    timeLimit = limit > 0 ? Int(limit) : nil
    (observationSize, actionSize) = (observationSpace.flattenedSize, actionSpace.valueCount)
    actions = Array(repeating: 0, count: count * actionSize)
    observations = Array(repeating: 0, count: count * observationSize)
    finals = observations
    rewards = Array(repeating: 0, count: count)
    terminated = Array(repeating: 0, count: count)
    truncated = terminated
    beginnings = Array(repeating: .none, count: count)
    unsafe cpython_environment_set_source(handle, stream.hosted)
  }

  deinit { unsafe cpython_environment_close(handle) }

  /// The environments, in the order of their lanes.
  public var environments: [any Environment] { (0..<count).map { VectorMember(self, $0) } }

  /// Resets all, after a reset with a seed of the stream that reaches what `np_random` does not.
  public func restart(_ key: StreamKey, following transitions: StreamKey) throws(EnvironmentError) {
    begin(key)
    var seed: Int64 = -1
    if randomness.isNative {
      if !wasReset { seed = Int64((key.seed &+ UInt64(key.lane)) & 0x7FFF_FFFF_FFFF_FFFF) }
    } else {
      try seedFirst(key)
    }
    wasReset = true
    let failure = unsafe observations.withUnsafeMutableBufferPointer { out in
      unsafe Failure.of { failure in
        unsafe out.baseAddress.map { unsafe cpython_vector_reset(handle, seed, $0, failure) } ?? .no_memory
      }
    }
    try check(failure)
    for row in 0..<count { (beginnings[row], terminated[row], truncated[row]) = (.there, 0, 0) }
    for k in actions.indices { actions[k] = 0 }
    follow(transitions)
  }

  /// Where it is from now on, for its draws and for messages.
  private func begin(_ key: StreamKey) {
    place = (Int(key.episode), 0, key.seed)
    unsafe cpython_environment_place(handle, Int64(firstLane), Int64(key.episode))
    stream.restart(at: key)
  }

  /// The reset with a seed of the stream, which is at its beginning before and after.
  private func seedFirst(_ key: StreamKey) throws(EnvironmentError) {
    let hidden = Int64(stream.nextUInt32() >> 1)
    try check(unsafe Failure.of { unsafe cpython_environment_seed_first(handle, hidden, $0) })
    if !wasReset { try check(unsafe Failure.of { unsafe cpython_environment_adopt_generator(handle, $0) }) }
    wasReset = true
    stream.restart(at: key)
  }

  /// What `ascent_get_state()` of its layers gives.
  public func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8] {
    if !wasReset {
      begin(key)
      try seedFirst(key)
    }
    var state: [UInt8] = []
    try check(unsafe HostedState.get(handle, into: &state))
    return state
  }

  /// Hands a state to `ascent_set_state` of its layers.
  public func take(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {
    begin(key)
    if !wasReset { try seedFirst(key) }
    try check(unsafe HostedState.set(handle, to: state))
  }

  /// Calls `step` with all actions, and checks what it returns.
  public func advance() throws(EnvironmentError) {
    place.step += 1
    // Who acts no more is stepped with the others: a vector that resets nobody by itself wants all of them open.
    for row in 0..<count where beginnings[row] == .asked { try ask(row) }
    let failure = unsafe Failure.of { failure in
      unsafe Self.pointers(&observations, &finals, &terminated, &truncated) { o, f, e, u in
        unsafe rewards.withUnsafeMutableBufferPointer { r in
          unsafe actions.withUnsafeBufferPointer { a in
            guard let a = a.baseAddress, let r = r.baseAddress else { return .no_memory }
            return unsafe cpython_vector_step(handle, a, o, f, r, e, u, failure)
          }
        }
      }
    }
    try check(failure)
    for row in 0..<count {
      if beginnings[row] == .later {
        // The step that its action had no part in: what is observed is the next episode's beginning.
        beginnings[row] = .there
      } else if terminated[row] != 0 || truncated[row] != 0 {
        beginnings[row] = waitsAfterEnds ? .later : resetsWhenTold ? .asked : .there
      } else {
        beginnings[row] = .none
      }
    }
    for k in actions.indices { actions[k] = 0 }
  }

  // MARK: One row

  fileprivate func isWaiting(_ row: Int) -> Bool { beginnings[row] == .later }

  fileprivate func prepare(_ row: Int, _ action: Span<Float>) {
    for k in 0..<actionSize { actions[row * actionSize + k] = action[k] }
  }

  fileprivate func follow(_ key: StreamKey) {
    if !randomness.isNative { stream.restart(at: key) }
  }

  fileprivate func begin(_ row: Int, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    precondition(
      beginnings[row] == .there || beginnings[row] == .asked,
      "a vector's episode begins when the one before ended")
    if beginnings[row] == .asked { try ask(row) }
    copy(observations, row, into: &observation)
  }

  private func ask(_ row: Int) throws(EnvironmentError) {
    let start = row * observationSize
    let failure = unsafe observations.withUnsafeMutableBufferPointer { out in
      unsafe Failure.of { failure in
        guard let base = out.baseAddress else { return .no_memory }
        return unsafe cpython_vector_reset_row(handle, row, base + start, failure)
      }
    }
    try check(failure, row)
    beginnings[row] = .there
  }

  fileprivate func outcome(_ row: Int, into observation: inout MutableSpan<Float>) -> Step {
    let end: Step.End? = terminated[row] != 0 ? .terminated : truncated[row] != 0 ? .truncated : nil
    copy(end == nil ? observations : finals, row, into: &observation)
    return Step(reward: rewards[row], end: end)
  }

  fileprivate func held<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try interpreter.attached { (_: borrowing Attached) throws(EnvironmentError) in try body() }
  }

  private func copy(_ numbers: [Float], _ row: Int, into observation: inout MutableSpan<Float>) {
    for k in 0..<observationSize { observation[k] = numbers[row * observationSize + k] }
  }

  private static func pointers(
    _ a: inout [Float], _ b: inout [Float], _ c: inout [UInt8], _ d: inout [UInt8],
    _ body: (
      UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<UInt8>,
      UnsafeMutablePointer<UInt8>
    ) -> cpython_fault
  ) -> cpython_fault {
    unsafe a.withUnsafeMutableBufferPointer { a in
      unsafe b.withUnsafeMutableBufferPointer { b in
        unsafe c.withUnsafeMutableBufferPointer { c in
          unsafe d.withUnsafeMutableBufferPointer { d in
            guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress, let d = d.baseAddress
            else { return .no_memory }
            return unsafe body(a, b, c, d)
          }
        }
      }
    }
  }

  private func check(_ failure: Failure.Content?, _ row: Int = 0) throws(EnvironmentError) {
    guard let failure else { return }
    throw EnvironmentError(
      lane: firstLane + row, episode: place.episode, step: place.step, seed: place.seed,
      fault: failure.environmentFault)
  }
}

/// One environment of a vector.
///
/// A vector of one is an environment like any other: it is stepped and reset by itself.
private final class VectorMember: Environment {
  private let vector: PythonVector
  private let row: Int

  init(_ vector: PythonVector, _ row: Int) { (self.vector, self.row) = (vector, row) }

  var observationSpace: Space { vector.observationSpace }
  var actionSpace: Space { vector.actionSpace }
  var isWaiting: Bool { vector.count > 1 && vector.isWaiting(row) }
  var keepsState: Bool { vector.keepsState }

  func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8] { try vector.state(before: key) }

  func take(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {
    try vector.take(state, before: key)
  }

  func prepare(_ action: Span<Float>) { vector.prepare(row, action) }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    if vector.count == 1 { try vector.restart(key, following: key) }
    try vector.begin(row, into: &observation)
  }

  func follow(_ key: StreamKey) {
    if vector.count == 1 { vector.follow(key) }
  }

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    if vector.count == 1 {
      vector.prepare(row, action)
      try vector.advance()
    }
    return vector.outcome(row, into: &observation)
  }

  func held<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try vector.held(body)
  }
}
