internal import AscentEnvironments
internal import AscentRandomness
internal import CAscentPython

/// An environment or a vector of them that the C shim has opened, with its random stream and its position in the run.
///
/// The common part of ``PythonEnvironment`` and ``PythonVector``: opening and closing, seeding, state across episodes,
/// and errors with their location.
@safe
final class HostedObject {
  let handle: OpaquePointer
  let interpreter: Interpreter
  let stream: RandomStream
  let randomness: EnvironmentRandomness
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
    try interpreter.beginOpening(lane: lane, feeding: !randomness.isNative)
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
    // Never released: Python code may keep np_random beyond its environment, in a thread, a module, or an exit handler.
    _ = unsafe Unmanaged.passRetained(stream)
    unsafe self.handle = handle
    (self.interpreter, self.lane, self.randomness) = (interpreter, lane, randomness)
    keepsState = unsafe !randomness.isNative && cpython_environment_keeps_state(handle) != 0
    leftOut = unsafe String(cString: cpython_environment_left_out(handle))
    observationSpace = unsafe Space(handle, ofActions: false)
    actionSpace = unsafe Space(handle, ofActions: true)
    let limit = unsafe cpython_environment_time_limit(handle)
    timeLimit = limit > 0 ? Int(limit) : nil
    unsafe cpython_environment_set_source(handle, stream.hosted(feeding: !randomness.isNative))
    if randomness.isStreams { unsafe cpython_environment_draw(handle) }
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
    if !randomness.isNative { stream.restart(at: key) }
  }

  /// Draws the seed for the reset of an episode.
  ///
  /// With ``EnvironmentRandomness/episodes(_:)`` each reset has one: the first number of the episode's stream. On
  /// streams, which are at their beginning after this call, only the first reset has one, since environments may have
  /// state beside `np_random` that only a seed reaches.
  ///
  /// An environment that is opened for a later episode, to replay it, is first reset as for its first one: in the run
  /// that is continued it was reset before, too, and some engines differ before and after that.
  ///
  /// - Parameters:
  ///   - key: the key of the episode.
  ///   - isRepeated: true for a seed before each reset, from its own episode, rather than before the first.
  /// - Returns: the seed, or −1 for a reset without one.
  /// - Throws: ``EnvironmentError`` when Python raises an exception.
  func seed(_ key: StreamKey, isRepeated: Bool = false) throws(EnvironmentError) -> Int64 {
    if randomness.isNative {
      defer { wasSeeded = true }
      guard !wasSeeded else { return -1 }
      let seed = (key.seed &+ UInt64(key.lane)) & 0x7FFF_FFFF_FFFF_FFFF
      nativeSeed = seed
      return Int64(seed)
    }
    if !wasSeeded, key.episode > 0 { try resetFirst(key) }
    let isFirst = !wasSeeded
    wasSeeded = true
    guard isFirst || isRepeated || randomness.isEpisodes else { return -1 }
    return drawSeed(key)
  }

  /// Draws the seed of an episode; afterward the stream is at its beginning, with `episodes` behind the seed.
  private func drawSeed(_ key: StreamKey) -> Int64 {
    stream.restart(at: key)
    let seed = Int64(stream.nextUInt32() >> 1)
    if randomness.isStreams { stream.restart(at: key) }
    return seed
  }

  /// Resets with the seed of the lane's first episode, and drops the observation; the stream is then at `key`.
  private func resetFirst(_ key: StreamKey) throws(EnvironmentError) {
    var first = key
    first.episode = 0
    wasSeeded = true
    let seed = drawSeed(first)
    try check(unsafe Failure.of { unsafe cpython_environment_seed_first(handle, seed, $0) })
    stream.restart(at: key)
  }

  // MARK: State across episodes

  /// Returns the state of its layers, from `ascent_get_state()`; empty before the first episode.
  func state() throws(EnvironmentError) -> [UInt8] {
    guard wasSeeded else { return [] }
    var (bytes, count) = unsafe (UnsafeMutablePointer<CChar>?.none, 0)
    let failure = unsafe Failure.of { unsafe cpython_environment_get_state(handle, &bytes, &count, $0) }
    defer { unsafe cpython_free(bytes) }
    try check(failure)
    return unsafe UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count).map {
      UInt8(bitPattern: $0)
    }
  }

  /// Restores the state of its layers with `ascent_set_state()`.
  ///
  /// An environment that was never reset is reset before that, so that it has what a state is restored to.
  func restore(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {
    begin(key)
    if !wasSeeded { try resetFirst(key) }
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

  /// Returns the notices about converted values and the floating-point mode since the last call.
  func takeNotices() -> [Notice] {
    let text = (try? unsafe Interpreter.text { unsafe cpython_environment_notices(handle, $0, $1) }) ?? ""
    let conversions = text.split(separator: "\n").map { Notice(.conversion, String($0)) }
    var room = [CChar](repeating: 0, count: 160)
    unsafe room.withUnsafeMutableBufferPointer { room in
      guard let start = room.baseAddress else { return }
      unsafe cpython_environment_mode(handle, start, room.count)
    }
    let mode = String(decoding: room.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard !mode.isEmpty else { return conversions }
    return conversions + [
      Notice(
        .floatingPoint,
        "the environment, or a library that it loads, \(Notice.floatingPointWords) (\(mode)): its own calls and draws keep it, "
          + "Ascent computes in the usual one")
    ]
  }

  /// Throws a failure of the shim as an error with its location; `row` is the lane's index in the vector.
  func check(_ failure: Failure.Content?, _ row: Int = 0) throws(EnvironmentError) {
    guard let failure else { return }
    throw EnvironmentError(
      lane: lane + row, episode: position.episode, step: position.step, seed: position.seed,
      fault: failure.environmentFault)
  }
}
