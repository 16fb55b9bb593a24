internal import CPython
internal import Environments
internal import Randomness

/// An environment or a vector of them that the C shim has opened, with its random stream and its position in the run.
///
/// The common part of ``PythonEnvironment`` and ``PythonVector``: opening and closing, seeding, state across episodes,
/// and errors with their location.
@safe
final class HostedObject {
  let handle: OpaquePointer
  let interpreter: Interpreter
  let stream: RandomStream
  /// True if it draws from its own generator.
  let isNative: Bool
  /// True if one of its layers has `ascent_get_state()` and `ascent_set_state(state)`.
  ///
  /// False if it draws from its own generator, whose state cannot be restored.
  let keepsState: Bool
  let observationSpace: Space
  let actionSpace: Space
  /// The names of the text-valued observations, which policies do not receive, joined by commas.
  let leftOut: String
  /// The number of steps after which Gymnasium would truncate, or nil for no limit.
  let timeLimit: Int?
  /// The seed that `reset(seed=…)` received, or nil before that.
  private(set) var nativeSeed: UInt64?

  private let lane: Int
  private var wasSeeded = false
  private var position = (episode: 0, step: 0, seed: UInt64(0))

  /// Opens the object.
  ///
  /// - Parameters:
  ///   - lane: the lane; the first one of a vector.
  ///   - randomness: the source of its random numbers.
  ///   - interpreter: the embedded Python.
  ///   - open: the shim's call that opens it.
  /// - Throws: ``PythonError`` when it cannot be opened.
  init(
    lane: Int, randomness: EnvironmentRandomness, interpreter: Interpreter,
    open: (inout OpaquePointer?, UnsafeMutablePointer<cpython_failure>) -> cpython_fault
  ) throws(PythonError) {
    interpreter.beginOpening(lane: lane)
    var opened: OpaquePointer?
    let failure = unsafe Failure.of { unsafe open(&opened, $0) }
    guard failure == nil, let handle = unsafe opened else {
      throw failure?.pythonError ?? PythonError(.start, "there is no memory left for Python")
    }
    do {
      stream = try RandomStream(
        StreamKey(seed: 0, purpose: .environment, lane: UInt32(lane)), generator: randomness.generator)
    } catch {
      unsafe cpython_environment_close(handle)
      throw PythonError(.start, "\(error)")
    }
    unsafe self.handle = handle
    (self.interpreter, self.lane, isNative) = (interpreter, lane, randomness.isNative)
    keepsState = unsafe !randomness.isNative && cpython_environment_keeps_state(handle) != 0
    leftOut = unsafe String(cString: cpython_environment_left_out(handle))
    observationSpace = unsafe Space(handle, ofActions: false)
    actionSpace = unsafe Space(handle, ofActions: true)
    let limit = unsafe cpython_environment_time_limit(handle)
    timeLimit = limit > 0 ? Int(limit) : nil
    unsafe cpython_environment_set_source(handle, stream.hosted)
  }

  deinit { unsafe cpython_environment_close(handle) }

  // MARK: Position and streams

  /// Moves to the beginning of an episode: restarts the stream, and sets the location for messages.
  func begin(_ key: StreamKey) {
    position = (Int(key.episode), 0, key.seed)
    unsafe cpython_environment_set_location(handle, Int64(lane), Int64(key.episode))
    stream.restart(at: key)
  }

  /// Counts a step, for the location in messages.
  func countStep() { position.step += 1 }

  /// Restarts the stream at `key`, unless the object draws from its own generator.
  func draw(from key: StreamKey) {
    if !isNative { stream.restart(at: key) }
  }

  /// Seeds the object before a reset, if it needs a seed; the stream is at its beginning before and after.
  ///
  /// Environments may have hidden state beside `np_random`; a first reset, with a seed from the stream, seeds that
  /// state.
  ///
  /// - Parameters:
  ///   - key: the key of the episode.
  ///   - isRepeated: true to seed the hidden state before each reset rather than once.
  /// - Returns: the seed for `reset(seed=…)`, or −1 for none.
  /// - Throws: ``EnvironmentError`` when Python raises an exception.
  func seed(_ key: StreamKey, isRepeated: Bool = false) throws(EnvironmentError) -> Int64 {
    guard !wasSeeded || isRepeated else { return -1 }
    let isFirst = !wasSeeded
    wasSeeded = true
    if isNative {
      guard isFirst else { return -1 }
      let seed = (key.seed &+ UInt64(key.lane)) & 0x7FFF_FFFF_FFFF_FFFF
      nativeSeed = seed
      return Int64(seed)
    }
    let hidden = Int64(stream.nextUInt32() >> 1)
    stream.restart(at: key)
    try check(unsafe Failure.of { unsafe cpython_environment_seed_first(handle, hidden, $0) })
    if isFirst { try check(unsafe Failure.of { unsafe cpython_environment_adopt_generator(handle, $0) }) }
    stream.restart(at: key)
    return -1
  }

  // MARK: State across episodes

  /// Returns the state of its layers, from `ascent_get_state()`.
  func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8] {
    if !wasSeeded {
      begin(key)
      _ = try seed(key)
    }
    var (bytes, count) = unsafe (UnsafeMutablePointer<CChar>?.none, 0)
    let failure = unsafe Failure.of { unsafe cpython_environment_get_state(handle, &bytes, &count, $0) }
    defer { unsafe cpython_free(bytes) }
    try check(failure)
    return unsafe UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count).map {
      UInt8(bitPattern: $0)
    }
  }

  /// Restores the state of its layers with `ascent_set_state()`.
  func restore(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {
    begin(key)
    _ = try seed(key)
    let bytes = state.map { CChar(bitPattern: $0) }
    try check(
      unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe Failure.of { failure in
          guard let start = bytes.baseAddress else { return .no_memory }
          return unsafe cpython_environment_set_state(handle, start, bytes.count, failure)
        }
      })
  }

  // MARK: Notices and errors

  /// Returns the notices about converted values since the last call.
  func takeNotices() -> [String] {
    let text = (try? unsafe Interpreter.text { unsafe cpython_environment_notices(handle, $0, $1) }) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// Throws a failure of the shim as an error with its location; `row` is the lane's index in the vector.
  func check(_ failure: Failure.Content?, _ row: Int = 0) throws(EnvironmentError) {
    guard let failure else { return }
    throw EnvironmentError(
      lane: lane + row, episode: position.episode, step: position.step, seed: position.seed,
      fault: failure.environmentFault)
  }
}
