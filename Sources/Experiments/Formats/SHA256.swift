internal import CAscentDigest

/// A SHA-256 in progress (FIPS 180-4).
struct SHA256 {
  private var state = cdigest_sha256_begin()

  /// Adds bytes.
  mutating func update(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe cdigest_sha256_add(&state, buffer.baseAddress, buffer.count)
    }
  }

  /// The 32 bytes of the hash of everything added so far.
  var digest: [UInt8] {
    var (copy, digest) = (state, Array(repeating: UInt8(0), count: 32))
    unsafe digest.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe cdigest_sha256_end(&copy, base)
    }
    return digest
  }

  /// The hash of bytes.
  static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digest
  }
}
