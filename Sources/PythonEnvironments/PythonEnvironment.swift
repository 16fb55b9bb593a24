internal import CPython
public import Environments
public import Randomness

/// Where a hosted environment's random numbers come from.
public enum EnvironmentRandomness: Sendable {
  /// The lane's GSL stream: a numpy Generator over it stands in for the environment's `np_random`.
  case streams(RandomGenerator)
  /// The environment's own generator, by `reset(seed=…)` once for each lane, as other tools do.
  case native

  /// Whose numbers a lane's stream has, used or not.
  var generator: RandomGenerator {
    if case .streams(let chosen) = self { chosen } else { .philox }
  }

  /// Whether the environment's own generator is what it draws from.
  var isNative: Bool {
    if case .native = self { true } else { false }
  }
}

extension RandomStream {
  /// The stream as the source that hosted environments draw from; it must outlive them.
  var hosted: cpython_source {
    let source = unsafe source
    return unsafe cpython_source(
      state: source.state, next_uint64: source.nextUInt64, next_uint32: source.nextUInt32,
      next_double: source.nextDouble, draw: source.draw)
  }
}

/// An environment that lives in Python: Gymnasium's, a package's, or a file's.
@safe
public final class PythonEnvironment: Environment {
  /// The space of observations.
  public let observationSpace: Space
  /// The space of actions.
  public let actionSpace: Space
  /// How many choices of the actions a mask speaks of; 0 unless masks were asked for.
  public let maskSize: Int
  /// The texts among the observations, which no policy reads, joined by commas.
  public let leftOut: String
  /// The steps after which gymnasium's TimeLimit, now taken off, would truncate; lay a `TimeLimit` around.
  public let timeLimit: Int?
  /// What `reset(seed=…)` received, once it has, under ``EnvironmentRandomness/native``.
  public private(set) var nativeSeed: UInt64?

  private let handle: OpaquePointer
  private let interpreter: Interpreter
  private let stream: RandomStream
  private let isNative: Bool
  /// Whether a layer of it has `ascent_get_state()` and `ascent_set_state(state)`.
  public let keepsState: Bool
  private let lane: Int
  private var wasReset = false
  private var place = (episode: 0, step: 0, seed: UInt64(0))

  /// Opens an environment.
  ///
  /// - Parameters:
  ///   - reference: a Gymnasium id, `module:Id`, or `file.py:Class`. Naming a file runs its code.
  ///   - lane: the lane that it is for.
  ///   - randomness: where its random numbers come from.
  ///   - register: functions to call first, `module:function`.
  ///   - emissions: classes that stand between the environment and who observes it, `file.py:Class`, the first one
  ///     first: made with the observation space, called with each observation.
  ///   - masksActions: whether the environment is asked which choices are allowed: by its method
  ///     `action_masks()`, or by `info["action_mask"]`.
  ///   - interpreter: the embedded Python.
  /// - Throws: ``PythonError`` when it does not exist, cannot be made, has spaces that are not supported, or has
  ///   no discrete action to mask.
  public init(
    _ reference: String, lane: Int, randomness: EnvironmentRandomness, register: [String] = [],
    emissions: [String] = [], masksActions: Bool = false, interpreter: Interpreter
  ) throws(PythonError) {
    interpreter.beginOpening(lane: lane)
    var opened: OpaquePointer?
    let failure = unsafe Failure.of { failure in
      unsafe CTexts.with(register) { functions, functionCount in
        unsafe CTexts.with(emissions) { classes, classCount in
          unsafe cpython_environment_open(
            reference, functions, functionCount, classes, classCount, &opened, failure)
        }
      }
    }
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
    if masksActions {
      do throws(PythonError) {
        maskSize = unsafe try Self.maskSize(handle, reference)
      } catch {
        unsafe cpython_environment_close(handle)
        throw error
      }
    } else {
      maskSize = 0
    }
    leftOut = unsafe String(cString: cpython_environment_left_out(handle))
    unsafe self.handle = handle
    self.interpreter = interpreter
    self.lane = lane
    isNative = randomness.isNative
    // What draws from a generator of its own cannot be brought back, whatever else is.
    keepsState = unsafe !isNative && HostedState.isKept(handle)
    observationSpace = unsafe Space(handle, ofActions: false)
    actionSpace = unsafe Space(handle, ofActions: true)
    let limit = unsafe cpython_environment_time_limit(handle)
    timeLimit = limit > 0 ? Int(limit) : nil
    unsafe cpython_environment_set_source(handle, stream.hosted)
  }

  deinit { unsafe cpython_environment_close(handle) }

  /// Calls `reset()` of the hosted object, with the seed of `key` where the environment seeds itself.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    begin(key)
    let seed = try prepare(key)
    let failure = unsafe observation.withUnsafeMutableBufferPointer { out in
      unsafe Failure.of { failure in
        unsafe Self.room(out, or: { unsafe cpython_environment_reset(handle, seed, $0, failure) })
      }
    }
    if let failure { throw located(failure) }
  }

  /// The object's draws come from this stream, unless they are its own.
  public func follow(_ key: StreamKey) {
    if !isNative { stream.restart(at: key) }
  }

  /// Calls `step(action)` of the hosted object and checks what it returns.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    place.step += 1
    var (reward, terminated, truncated) = (0.0, Int32(0), Int32(0))
    let failure = unsafe action.withUnsafeBufferPointer { a in
      unsafe observation.withUnsafeMutableBufferPointer { out in
        unsafe Failure.of { failure in
          guard let a = a.baseAddress else { return .no_memory }
          return unsafe Self.room(
            out,
            or: {
              unsafe cpython_environment_step(handle, a, $0, &reward, &terminated, &truncated, failure)
            })
        }
      }
    }
    if let failure { throw located(failure) }
    return Step(reward: reward, end: terminated != 0 ? .terminated : truncated != 0 ? .truncated : nil)
  }

  /// What `ascent_get_state()` of its layers gives.
  public func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8] {
    if !wasReset {
      begin(key)
      _ = try prepare(key)
    }
    var state: [UInt8] = []
    if let failure = unsafe HostedState.get(handle, into: &state) { throw located(failure) }
    return state
  }

  /// Hands a state to `ascent_set_state` of its layers.
  public func take(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {
    begin(key)
    _ = try prepare(key)
    if let failure = unsafe HostedState.set(handle, to: state) { throw located(failure) }
  }

  /// Holds the interpreter's lock, which single steps would take and give back one by one.
  public func held<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try interpreter.attached { (_: borrowing Attached) throws(EnvironmentError) in try body() }
  }

  private static func maskSize(_ handle: OpaquePointer, _ reference: String) throws(PythonError) -> Int {
    var size = 0
    if let failure = unsafe Failure.of({ unsafe cpython_environment_mask_actions(handle, &size, $0) }) {
      throw failure.pythonError
    }
    guard size > 0 else {
      throw PythonError(
        .unsupported, "\(reference) has no discrete action; leave environment.action_masks away")
    }
    return size
  }

  /// Where it is from now on, for its draws and for messages.
  private func begin(_ key: StreamKey) {
    place = (Int(key.episode), 0, key.seed)
    unsafe cpython_environment_place(handle, Int64(lane), Int64(key.episode))
    stream.restart(at: key)
  }

  /// What comes before a reset, and before anything else that the environment is asked for: the seed that it is given
  /// (−1 for none), and once the generator's place; the stream is at its beginning, before and after.
  private func prepare(_ key: StreamKey) throws(EnvironmentError) -> Int64 {
    guard !wasReset else { return -1 }
    wasReset = true
    if isNative {
      let seed = (key.seed &+ UInt64(key.lane)) & 0x7FFF_FFFF_FFFF_FFFF
      nativeSeed = seed
      return Int64(seed)
    }
    // Environments keep more than np_random: a first seeded reset reaches what they hide.
    let hidden = Int64(stream.nextUInt32() >> 1)
    stream.restart(at: key)
    if let failure = unsafe Failure.of({ unsafe cpython_environment_seed_first(handle, hidden, $0) }) {
      throw located(failure)
    }
    if let failure = unsafe Failure.of({ unsafe cpython_environment_adopt_generator(handle, $0) }) {
      throw located(failure)
    }
    stream.restart(at: key)
    return -1
  }

  private static func room(
    _ out: UnsafeMutableBufferPointer<Float>, or call: (UnsafeMutablePointer<Float>) -> cpython_fault
  ) -> cpython_fault {
    guard let room = out.baseAddress else { return .no_memory }
    return unsafe call(room)
  }

  /// The process's tables as host.py writes them, "" where there are none.
  var tableText: String {
    get throws(PythonError) {
      try unsafe Interpreter.text { unsafe cpython_environment_table(handle, $0, $1) }
    }
  }

  private func located(_ failure: Failure.Content) -> EnvironmentError {
    EnvironmentError(
      lane: lane, episode: place.episode, step: place.step, seed: place.seed,
      fault: failure.environmentFault)
  }
}

/// What a hosted environment, or a vector of them, keeps across episodes, through the shim.
enum HostedState {
  /// Whether a layer of it has `ascent_get_state()` and `ascent_set_state(state)`.
  static func isKept(_ handle: OpaquePointer) -> Bool { unsafe cpython_environment_keeps_state(handle) != 0 }

  /// What its layers give.
  static func get(_ handle: OpaquePointer, into state: inout [UInt8]) -> Failure.Content? {
    var (bytes, count) = unsafe (UnsafeMutablePointer<CChar>?.none, 0)
    let failure = unsafe Failure.of { unsafe cpython_environment_get_state(handle, &bytes, &count, $0) }
    defer { unsafe cpython_free(bytes) }
    state = unsafe UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count).map {
      UInt8(bitPattern: $0)
    }
    return failure
  }

  /// Hands them what they gave.
  static func set(_ handle: OpaquePointer, to state: [UInt8]) -> Failure.Content? {
    let bytes = state.map { CChar(bitPattern: $0) }
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe Failure.of { failure in
        guard let start = bytes.baseAddress else { return .no_memory }
        return unsafe cpython_environment_set_state(handle, start, bytes.count, failure)
      }
    }
  }
}

/// Swift texts as C's, for the time of a call.
enum CTexts {
  static func with<R>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>>?, Int) -> R
  ) -> R {
    let bytes = texts.map { Array($0.utf8CString) }
    return unsafe nested(bytes[...], []) { pointers in
      unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
    }
  }

  private static func nested<R>(
    _ rest: ArraySlice<[CChar]>, _ pointers: [UnsafePointer<CChar>],
    _ body: ([UnsafePointer<CChar>]) -> R
  ) -> R {
    guard let first = rest.first else { return unsafe body(pointers) }
    return unsafe first.withUnsafeBufferPointer { text in
      guard let start = text.baseAddress else { return unsafe nested(rest.dropFirst(), pointers, body) }
      return unsafe nested(rest.dropFirst(), pointers + [start], body)
    }
  }
}
