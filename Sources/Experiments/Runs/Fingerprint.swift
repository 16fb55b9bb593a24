internal import AscentPolicies

/// The SHA-256 of the results of a run or an evaluation, for a quick comparison of two of them.
public struct Fingerprint {
  private var hash = SHA256()

  init() {}

  mutating func add(_ text: String) { hash.update(Array(text.utf8) + [0]) }

  mutating func add(_ values: [Float]) {
    forEachLittleEndianBlock(of: values[...], \.bitPattern) { hash.update($0) }
  }

  mutating func add(_ value: Double) {
    var bytes: [UInt8] = []
    appendLittleEndian(value.bitPattern, to: &bytes)
    hash.update(bytes)
  }

  /// The hash of everything added so far, in hexadecimal.
  var text: String { Self.hexadecimal(hash.digest) }

  /// The SHA-256 of bytes, in hexadecimal.
  package static func of(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(bytes)) }

  static func hexadecimal(_ digest: [UInt8]) -> String {
    digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  /// The hash of the learned numbers alone, which is equal in runs with other versions if they learned the same.
  static func ofBits(_ parameters: Parameters) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add(parameters.values)
    return fingerprint.text
  }

  /// The fingerprint of a training run, over its parameters, its seed, and the versions that affect the results.
  static func ofRun(parameters: Parameters, seed: UInt64, versions: [(String, String)]) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add(parameters.values)
    fingerprint.add("seed \(seed)")
    for (name, version) in versions { fingerprint.add("\(name) \(version)") }
    return fingerprint.text
  }
}
