internal import CGSL

/// A position in one random stream.
///
/// The stream has an identity, as whoever draws from it moves it for all who hold it; so it is a class. It
/// belongs to one thread at a time.
@safe
public final class RandomStream {
  /// The generator that it runs on.
  public let generator: RandomGenerator
  /// Where it began.
  public private(set) var key: StreamKey

  private let handle: OpaquePointer

  /// Opens the stream that `key` names, at its beginning.
  ///
  /// - Throws: ``RandomnessError/library(_:)`` when there is no memory, or when GSL's generator has another
  ///   layout than the one this was written for.
  public init(_ key: StreamKey, generator: RandomGenerator = .philox) throws(RandomnessError) {
    var opened: OpaquePointer?
    let status = unsafe cgsl_stream_open(generator.rawValue, key.c, &opened)
    guard status == .ok, let handle = unsafe opened else {
      throw RandomnessError.library("cannot open the generator \(generator.rawValue): \(status.words)")
    }
    unsafe self.handle = handle
    self.generator = generator
    self.key = key
  }

  deinit { unsafe cgsl_stream_close(handle) }

  /// Puts the stream at the beginning of another key; nothing is allocated.
  public func restart(at key: StreamKey) {
    self.key = key
    unsafe cgsl_stream_restart(handle, key.c)
  }

  /// The next 32 random bits.
  public func nextUInt32() -> UInt32 { unsafe cgsl_stream_next_uint32(handle) }

  /// The next 64 random bits.
  public func nextUInt64() -> UInt64 { unsafe cgsl_stream_next_uint64(handle) }

  /// Uniform in [0, 1) with 53 bits.
  public func uniform() -> Double { unsafe cgsl_stream_uniform(handle) }

  /// Draws from the uniform distribution on [low, high), as numpy's `uniform` does.
  public func uniform(from low: Double, to high: Double) -> Double { low + (high - low) * uniform() }

  /// N(0, 1).
  ///
  /// The corresponding C function is `gsl_ran_gaussian_ziggurat`.
  public func standardNormal() -> Double { unsafe cgsl_standard_normal(handle) }

  /// One number of a scalar distribution whose parameters were checked when it was made.
  func draw(_ distribution: cgsl_distribution, _ parameters: [Double]) -> Double {
    var x = 0.0
    let status = unsafe cgsl_draw(handle, distribution, parameters, parameters.count, &x, 1)
    return status == .ok ? x : .nan
  }

  /// One number of a scalar distribution of one parameter, which was checked when it was made.
  func draw(_ distribution: cgsl_distribution, _ parameter: Double) -> Double {
    var x = 0.0
    let status = unsafe withUnsafePointer(to: parameter) {
      unsafe cgsl_draw(handle, distribution, $0, 1, &x, 1)
    }
    return status == .ok ? x : .nan
  }

  /// One number of a scalar distribution of two parameters, which were checked when it was made.
  func draw(_ distribution: cgsl_distribution, _ first: Double, _ second: Double) -> Double {
    var x = 0.0
    var parameters = (first, second)
    let status = unsafe withUnsafeBytes(of: &parameters) { bytes in
      unsafe bytes.withMemoryRebound(to: Double.self) { pair in
        guard let start = pair.baseAddress else { return cgsl_status.failed }
        return unsafe cgsl_draw(handle, distribution, start, 2, &x, 1)
      }
    }
    return status == .ok ? x : .nan
  }

  /// One vector of a distribution whose parameters were checked when it was made.
  func drawVector(_ distribution: cgsl_distribution, _ parameters: [Double], count: Int) -> [Double] {
    var x = Array(repeating: 0.0, count: count)
    let status = unsafe cgsl_draw(handle, distribution, parameters, parameters.count, &x, count)
    return status == .ok ? x : Array(repeating: .nan, count: count)
  }

  /// The generator's own state, native bytes.
  var generatorState: [UInt8] {
    let size = unsafe cgsl_stream_state_size(handle)
    var bytes = Array(repeating: UInt8(0), count: size)
    unsafe cgsl_stream_save(handle, &bytes)
    return bytes
  }

  /// Takes over a generator's state.
  func adopt(generatorState bytes: [UInt8], key: StreamKey) throws(RandomnessError) {
    guard unsafe cgsl_stream_restore(handle, bytes, bytes.count) == .ok else {
      throw RandomnessError.state(reason: "the generator \(generator.rawValue) has no such state")
    }
    self.key = key
  }

  /// The stream as C functions, for a hosted interpreter; valid while the stream lives.
  @unsafe package var source: StreamSource {
    unsafe StreamSource(
      state: UnsafeMutableRawPointer(handle),
      nextUInt64: { unsafe cgsl_stream_next_uint64(OpaquePointer($0)) },
      nextUInt32: { unsafe cgsl_stream_next_uint32(OpaquePointer($0)) },
      nextDouble: { unsafe cgsl_stream_uniform(OpaquePointer($0)) },
      draw: { state, number, parameters, parameterCount, out, count in
        guard let distribution = cgsl_distribution(rawValue: number) else { return 1 }
        return unsafe cgsl_draw(
          OpaquePointer(state), distribution, parameters, parameterCount, out, count
        ).rawValue
      })
  }
}

/// A stream as C functions over a pointer that the stream owns.
@unsafe
package struct StreamSource {
  /// Handed to every function.
  package var state: UnsafeMutableRawPointer
  package var nextUInt64: @convention(c) (UnsafeMutableRawPointer) -> UInt64
  package var nextUInt32: @convention(c) (UnsafeMutableRawPointer) -> UInt32
  package var nextDouble: @convention(c) (UnsafeMutableRawPointer) -> Double
  /// (state, distribution, parameters, their count, out, count) → 0, or not when a parameter is bad.
  package var draw:
    @convention(c) (
      UnsafeMutableRawPointer, Int32, UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>, Int
    ) -> Int32
}

extension StreamKey {
  var c: cgsl_key { cgsl_key(seed: seed, purpose: purpose.rawValue, lane: lane, episode: episode) }
}

extension cgsl_status {
  var words: String {
    switch self {
    case .ok: "ok"
    case .no_memory: "no memory"
    case .unknown_generator: "this GSL has no generator of that name and layout"
    case .domain: "outside of the domain"
    case .failed: "the call failed"
    }
  }
}
