internal import CAscentGSL

/// A random stream and the current position in it.
///
/// A stream is a class: all references to it share one position. It may be used by one thread at a time.
@safe
public final class RandomStream {
  /// The generator of the stream.
  public let generator: RandomGenerator
  /// The key that the stream was last started from.
  public private(set) var key: StreamKey

  private let handle: OpaquePointer

  /// Opens the stream of `key` at its beginning.
  ///
  /// - Throws: ``RandomnessError/library(_:)`` if memory runs out, or if the linked GSL lays out the generator's state
  ///   differently from the version that this code was written for.
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

  /// Restarts the stream at the beginning of another key, without allocating memory.
  public func restart(at key: StreamKey) {
    self.key = key
    unsafe cgsl_stream_restart(handle, key.c)
  }

  /// The next 32 random bits.
  public func nextUInt32() -> UInt32 { unsafe cgsl_stream_next_uint32(handle) }

  /// The next 64 random bits.
  public func nextUInt64() -> UInt64 { unsafe cgsl_stream_next_uint64(handle) }

  /// A uniform number in [0, 1) with 53 random bits.
  public func uniform() -> Double { unsafe cgsl_stream_uniform(handle) }

  /// A uniform number in [low, high), computed as numpy's `uniform` does.
  public func uniform(from low: Double, to high: Double) -> Double { low + (high - low) * uniform() }

  /// A draw from N(0, 1), with GSL's `gsl_ran_gaussian_ziggurat`.
  public func standardNormal() -> Double { unsafe cgsl_standard_normal(handle) }

  /// One draw from a scalar distribution; NaN for parameters that the distribution's initializer would reject.
  func draw(_ distribution: cgsl_distribution, _ parameters: [Double]) -> Double {
    var x = 0.0
    let status = unsafe cgsl_draw(handle, distribution, parameters, parameters.count, &x, 1)
    return status == .ok ? x : .nan
  }

  /// One draw from a scalar distribution with one parameter; NaN for a parameter that its initializer would reject.
  func draw(_ distribution: cgsl_distribution, _ parameter: Double) -> Double {
    var x = 0.0
    let status = unsafe withUnsafePointer(to: parameter) {
      unsafe cgsl_draw(handle, distribution, $0, 1, &x, 1)
    }
    return status == .ok ? x : .nan
  }

  /// One draw from a scalar distribution with two parameters; NaN for parameters that its initializer would reject.
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

  /// One draw of `count` numbers from a vector distribution; NaNs for parameters that its initializer would reject.
  func drawVector(_ distribution: cgsl_distribution, _ parameters: [Double], count: Int) -> [Double] {
    var x = Array(repeating: 0.0, count: count)
    let status = unsafe cgsl_draw(handle, distribution, parameters, parameters.count, &x, count)
    return status == .ok ? x : Array(repeating: .nan, count: count)
  }

  /// The generator's state in native byte order.
  var generatorState: [UInt8] {
    let size = unsafe cgsl_stream_state_size(handle)
    var bytes = Array(repeating: UInt8(0), count: size)
    unsafe cgsl_stream_save(handle, &bytes)
    return bytes
  }

  /// Sets the generator's state and the stream's key.
  func adopt(generatorState bytes: [UInt8], key: StreamKey) throws(RandomnessError) {
    guard unsafe cgsl_stream_restore(handle, bytes, bytes.count) == .ok else {
      throw RandomnessError.state(reason: "the generator \(generator.rawValue) rejects this state")
    }
    self.key = key
  }

  /// The stream as C functions for a hosted interpreter, valid during the stream's lifetime.
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
      },
      copy: { unsafe cgsl_stream_copy(OpaquePointer($0)).map { unsafe UnsafeMutableRawPointer($0) } },
      release: { unsafe cgsl_stream_close(OpaquePointer($0)) },
      save: { state, out in
        if let out = unsafe out { unsafe cgsl_stream_save(OpaquePointer(state), out) }
        return unsafe cgsl_stream_state_size(OpaquePointer(state))
      },
      load: { unsafe cgsl_stream_restore(OpaquePointer($0), $1, $2).rawValue })
  }
}

/// A stream as C functions on a pointer that the stream owns.
@unsafe
package struct StreamSource {
  /// The first argument of every function.
  package var state: UnsafeMutableRawPointer
  package var nextUInt64: @convention(c) (UnsafeMutableRawPointer) -> UInt64
  package var nextUInt32: @convention(c) (UnsafeMutableRawPointer) -> UInt32
  package var nextDouble: @convention(c) (UnsafeMutableRawPointer) -> Double
  /// (state, distribution, parameters, their count, out, count) → 0, or nonzero for parameters outside of the domain.
  package var draw:
    @convention(c) (
      UnsafeMutableRawPointer, Int32, UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>, Int
    ) -> Int32
  /// The state of a new stream at the same position, which `release` frees; nil without memory.
  package var copy: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
  package var release: @convention(c) (UnsafeMutableRawPointer) -> Void
  /// Writes the position unless the buffer is nil, and returns its size.
  package var save: @convention(c) (UnsafeMutableRawPointer, UnsafeMutablePointer<UInt8>?) -> Int
  /// (state, bytes, their count) → 0, or nonzero for bytes that are no position of this generator.
  package var load: @convention(c) (UnsafeMutableRawPointer, UnsafePointer<UInt8>, Int) -> Int32
}

extension StreamKey {
  var c: cgsl_key { cgsl_key(seed: seed, purpose: purpose.rawValue, lane: lane, episode: episode) }
}

extension cgsl_status {
  var words: String {
    switch self {
    case .ok: "ok"
    case .no_memory: "no memory"
    case .unknown_generator: "the linked GSL has no generator with this name and state layout"
    case .domain: "a parameter is outside of its domain"
    case .failed: "the call failed"
    case .arithmetic:
      "the calls of this GSL cannot be bound to Ascent's own arithmetic: link the shared library (libgsl.so) of ELF"
    }
  }
}
