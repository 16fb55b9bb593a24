import Foundation
import Testing

/// A checkpoint that is changed on purpose, its checksum put right, so that what lies behind the sum is looked at.
enum DamagedCheckpoint {
  /// Flips a bit of the first array whose name begins so.
  static func flip(_ tensor: String, in file: String) throws {
    try change(
      file,
      """
      found = next(k for k in header if k.startswith(argument))
      raw[8 + size + header[found]["data_offsets"][0]] ^= 1
      """, tensor)
  }

  /// Makes the first number of the first array whose name begins so a NaN.
  static func spoil(_ tensor: String, in file: String) throws {
    try change(
      file,
      """
      found = next(k for k in header if k.startswith(argument))
      offset = 8 + size + header[found]["data_offsets"][0]
      raw[offset:offset + 4] = struct.pack("<f", float("nan"))
      """, tensor)
  }

  /// Replaces a part of the settings by the words of an earlier version.
  static func replace(_ now: String, with then: String, in file: String) throws {
    try change(
      file,
      """
      now, then = argument.split(chr(1))
      assert now in header["__metadata__"]["settings"]
      header["__metadata__"]["settings"] = header["__metadata__"]["settings"].replace(now, then)
      found = json.dumps(header, separators=(",", ":")).encode()
      found += b" " * (-len(found) % 8)
      raw = bytearray(struct.pack("<Q", len(found)) + found + raw[8 + size:])
      """, now + "\u{1}" + then)
  }

  /// Gives an array another name of the same length.
  static func rename(_ tensor: String, in file: String) throws {
    try change(
      file, "raw = raw.replace(b'\"%s\"' % argument.encode(), b'\"?%s\"' % argument[1:].encode(), 1)", tensor)
  }

  /// Runs a program over the file's bytes `raw`, its `header` and the header's `size`.
  private static func change(_ file: String, _ program: String, _ argument: String) throws {
    let whole = """
      import hashlib, json, struct, sys
      argument, path = sys.argv[1:]
      raw = bytearray(open(path, "rb").read())
      size = struct.unpack("<Q", raw[:8])[0]
      header = json.loads(raw[8:8 + size])
      old = header["__metadata__"]["sha256_of_file"].encode()
      \(program)
      raw = raw.replace(old, b"0" * 64, 1)
      open(path, "wb").write(raw.replace(b"0" * 64, hashlib.sha256(raw).hexdigest().encode(), 1))
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", whole, argument, file]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
