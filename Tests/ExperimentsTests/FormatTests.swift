import AscentPolicies
import AscentPolicyGradients
import Testing

@testable import AscentExperiments

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

  /// More numbers than are written at once, from the middle of an array.
  @Test func `is read as it was written if it is large`() throws {
    let all = (0..<40_000).map { Float($0) * 0.37 }
    let numbers = (0..<33_000).map { $0 * 1_000_003 }
    let file = Safetensors(tensors: [
      Safetensors.Tensor("some", all[7..<7 + 2 * 16_384 + 5], shape: [2 * 16_384 + 5]),
      Safetensors.Tensor("n", integers: numbers), Safetensors.Tensor("end", bytes: [1, 2, 3]),
    ])
    let again = try Safetensors(file.encoded, file: "x")
    let isSame =
      again.tensors[0].floats == Array(all[7..<7 + 2 * 16_384 + 5]) && again.tensors[1].integers == numbers
    #expect(isSame && again.tensors[2].bytes == [1, 2, 3] && again == file)
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

  /// Its bytes are nowhere, so its place among arrays that start where it does is decided by its end.
  @Test func `with empty arrays is read the same way every time`() throws {
    let names = ["b", "a", "empty", "c", "none", "d"]
    let tensors = names.map { name in
      Safetensors.Tensor(name, name.count > 1 ? [] : [1.5], shape: [name.count > 1 ? 0 : 1])
    }
    let bytes = Safetensors(tensors: tensors).encoded
    for _ in 0..<200 {
      #expect(try Safetensors(bytes, file: "x").tensors.map(\.name) == names)
    }
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

@Suite struct `The budgets of a run` {
  typealias Records = [(key: String, value: String)]

  private func records(_ budgets: Budgets) -> Records {
    budgets.records.map { ("budgets.\($0.0)", $0.1) }
  }

  @Test func `count from the step at which they began, and come back from their records`() throws {
    var budgets = Budgets(3000)
    #expect(budgets.records.isEmpty && budgets.last == 3000)
    budgets.resume(after: 1000, with: 3000)
    #expect(budgets.records.isEmpty, "nothing changed")
    budgets.resume(after: 3000, with: 5000)
    budgets.resume(after: 4000, with: 4500)
    #expect(
      [0, 2999, 3000, 3999, 4000, 9000].map { budgets.budget(after: $0) } == [
        3000, 3000, 5000, 5000, 4500, 4500,
      ])
    let again = try Budgets(records(budgets), last: 4500, file: "x")
    #expect(again == budgets)
    // An older checkpoint was taken: what came after it is made again, with the budget of now.
    budgets.resume(after: 3500, with: 6000)
    #expect(budgets.records.map(\.1) == ["3000", "5000", "6000"] && budgets.last == 6000)
    budgets.resume(after: 0, with: 700)
    #expect(budgets == Budgets(700))
  }

  @Test(arguments: [
    [("from_step_5", "100"), ("from_step_9", "200")], [("from_step_0", "100"), ("from_step_0", "200")],
    [("from_step_0", "many")], [("from_step_x", "100")], [("from_step_0", "100")],
  ])
  func `that contradict each other are refused`(entries: [(String, String)]) {
    let records = entries.map { (key: "budgets.\($0.0)", value: $0.1) }
    #expect(throws: ExperimentError.self) { try Budgets(records, last: 200, file: "x") }
  }
}

@Suite struct `A temporary name` {
  @Test func `says which file it stands for, and no other name is one`() {
    for path in ["/a/run.toml", "run.toml", "/a.tmp-1/" + String(repeating: "long", count: 60)] {
      let name = TemporaryName.random(for: path, process: 77)
      #expect(name.hasPrefix(path.prefix(20)) && name.split(separator: "/").last?.utf8.count ?? 999 <= 255)
    }
    let own = TemporaryName.random(for: "run.toml", process: 77)
    #expect(
      TemporaryName.file(of: own) == "run.toml" && TemporaryName.file(of: "run.toml.tmp-12") == "run.toml")
    for other in [
      "run.toml", "run.toml.tmp", "run.toml.tmp-", "run.toml.tmp-me", "run.toml.tmp-1-2-3", "x.tmp-1-zz",
    ] {
      #expect(TemporaryName.file(of: other) == nil, "\(other)")
    }
  }
}
