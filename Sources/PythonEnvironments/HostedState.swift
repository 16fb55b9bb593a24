internal import CPython

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
