import Experiments
import Policies
import PolicyGradients
import Testing

@Suite struct `A safetensors file` {
  static let file = Safetensors(
    tensors: [
      Safetensors.Tensor("weights", [1.5, -2, .pi], shape: [3]), Safetensors.Tensor("n", integers: [1, -7]),
    ], metadata: ["format": "test"])

  @Test func `comes back as it was`() throws {
    let again = try Safetensors(Self.file.encoded, file: "x")
    #expect(again == Self.file)
    #expect(again.tensors[0].floats == [1.5, -2, .pi] && again.tensors[1].integers == [1, -7])
    #expect(again.encoded == Self.file.encoded)
  }

  @Test func `is laid out as others read it`() {
    // 8 bytes of length, a JSON header padded to 8, then the arrays one after the other.
    let bytes = Self.file.encoded
    let length = Int(bytes[0]) + 256 * Int(bytes[1])
    #expect(length % 8 == 0 && bytes.count == 8 + length + 12 + 16)
    #expect(
      String(decoding: bytes[8..<8 + length], as: UTF8.self).contains(
        "\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]"))
  }

  @Test func `is refused when it is cut anywhere`() {
    let bytes = Self.file.encoded
    for length in 0..<bytes.count {
      #expect(throws: ExperimentError.self) { try Safetensors(Array(bytes.prefix(length)), file: "x") }
    }
  }

  /// Of a file without our sum a flipped bit in the header may still be JSON; what is read is then as long as it says.
  @Test func `finds each flipped bit, and traps on none without its sum`() {
    let bytes = Self.file.encoded
    for position in bytes.indices {
      for bit in 0..<8 {
        var altered = bytes
        altered[position] ^= 1 << bit
        #expect(throws: ExperimentError.self) { try Safetensors(altered, file: "x") }
        let read = try? Safetensors(altered, file: "x", isOurs: false)
        for tensor in read?.tensors ?? [] { #expect(tensor.bytes.count <= 28) }
      }
    }
  }

  @Test(arguments: [
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,16]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,16]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,999999999999]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[-16,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[]}}",
    "{\"a\":{\"dtype\":\"F99\",\"shape\":[4],\"data_offsets\":[0,16]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
    "{\"a\":3}", "[]", "not json",
  ])
  func `is refused when its header lies`(header: String) {
    let length = header.utf8.count
    let bytes = [UInt8(length), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + Array(repeating: 0, count: 16)
    #expect(throws: ExperimentError.self) { try Safetensors(bytes, file: "x", isOurs: false) }
    let endless: [UInt8] = Array(repeating: 255, count: 8) + Array(header.utf8)
    #expect(throws: ExperimentError.self) { try Safetensors(endless, file: "x", isOurs: false) }
  }
}

@Suite struct `A configuration` {
  @Test func `comes back from its own TOML`() throws {
    var configuration = Configuration(environment: "odd \"name\"\\ü.py:C")
    for (key, value) in [
      ("run.seed", "18446744073709551615"), ("run.lanes", "3"), ("policy.hidden", "5,6,7"),
      ("algorithm.name", "likelihood-ratio"), ("algorithm.rate", "1e-05"), ("random.generator", "taus2"),
      ("environment.register", "a:b,c:d"), ("environment.rng", "native"),
    ] { try configuration.set(key, typed: value) }
    let text = configuration.toml(records: [("versions", [("ascent", "x")])])
    let read = try Configuration.reading(text, file: "x", over: Configuration(environment: "other"))
    for setting in Configuration.settings {
      #expect(setting.value(in: read) == setting.value(in: configuration))
    }
    var linear = configuration
    try linear.set("policy.hidden", typed: "")
    let again = try Configuration.reading(linear.toml(records: []), file: "x", over: configuration)
    #expect(again.network.hidden == [])
  }

  @Test func `keeps each control and format character of a text, and shows none`() throws {
    let all = (UInt32(1)...0xFFFFF).compactMap(Unicode.Scalar.init).filter {
      [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
    }
    var name = ""
    name.unicodeScalars.append(contentsOf: all)
    #expect(all.count > 150)
    let text = Configuration(environment: name).toml(records: [])
    let read = try Configuration.reading(text, file: "x", over: Configuration(environment: "other"))
    #expect(read.environment == name)
    #expect(all.allSatisfy { $0 == "\n" || $0.value > 0xFFFF || !text.unicodeScalars.contains($0) })
    let error = ExperimentError.usage("no \(name)").description
    #expect(all.allSatisfy { !error.unicodeScalars.contains($0) })
    #expect(error.hasPrefix(#"no \x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e"#))
    #expect(
      error.contains(#"\x7f\x80"#) && error.contains(#"\u202d\u202e"#) && error.contains(#"\U000e007f"#))
  }

  @Test func `lets single settings change a named algorithm, in whatever order they stand`() throws {
    let text = "[algorithm]\nbaseline = \"none\"\ngamma = 0.5\nname = \"reinforce\"\n"
    let read = try Configuration.reading(text, file: "x", over: Configuration(environment: "e"))
    #expect(read.algorithm.baseline == .none && read.algorithm.estimation.gamma == 0.5)
  }
}

@Suite struct `A JSON value` {
  @Test func `keeps its order and escapes what must be`() {
    let value = JSON.object([
      ("b", .text("\"\\\n\u{1}ü")),
      ("a", .array([.number(.nan), .number(0.1), .integer(-3), .bool(true), .null])),
      ("f", .single(0.1)), ("u", .unsigned(.max)),
    ])
    #expect(
      value.line
        == "{\"b\":\"\\\"\\\\\\n\\u0001ü\",\"a\":[null,0.1,-3,true,null],\"f\":0.1,\"u\":18446744073709551615}"
    )
  }
}
