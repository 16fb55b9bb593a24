internal import Crypto
internal import Policies

/// SHA-256 over what a run or an evaluation comes down to, so that two of them can be compared at a glance.
public struct Fingerprint {
  private var hash = SHA256()

  init() {}

  mutating func add(_ text: String) { hash.update(data: Array(text.utf8) + [0]) }

  mutating func add(_ values: [Float]) {
    var bytes: [UInt8] = []
    for value in values { appendLittleEndian(value.bitPattern, to: &bytes) }
    hash.update(data: bytes)
  }

  mutating func add(_ value: Double) {
    var bytes: [UInt8] = []
    appendLittleEndian(value.bitPattern, to: &bytes)
    hash.update(data: bytes)
  }

  /// The sum so far, in hexadecimal.
  var text: String { Self.hexadecimal(hash.finalize()) }

  /// The SHA-256 of a file's bytes.
  static func of(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  static func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  /// The fingerprint of a training run: its parameters, its seed, and the versions that made them.
  static func ofRun(parameters: Parameters, seed: UInt64, versions: [(String, String)]) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add(parameters.values)
    fingerprint.add("seed \(seed)")
    for (name, version) in versions { fingerprint.add("\(name) \(version)") }
    return fingerprint.text
  }
}
