import Testing

@testable import AscentExperiments

/// Texts of TOML whose size is not the cost of reading them: each is refused, or read in proportion to its size.
@Suite struct `A text of TOML` {
  /// The kinds that need more than their size in a reader that compares each name with all others, or with its prefixes.
  static let refused: [(kind: String, text: String, reason: String)] = [
    ("dotted keys", String(repeating: "a.", count: 200_000) + "b = 1", "at most 16 levels"),
    ("a header of many names", "[" + String(repeating: "a.", count: 200_000) + "b]", "at most 16 levels"),
    ("nested arrays", "a = " + String(repeating: "[", count: 400_000), "at most 16 levels"),
    ("nested tables", "a = " + String(repeating: "{a = ", count: 80_000), "at most 16 levels"),
    ("tables in arrays", "a = " + String(repeating: "[{a = ", count: 60_000), "at most 16 levels"),
    ("a table below a table", "[" + "a.a.a.a.a.a.a.a.a.a.a.a" + "]\nb.b.b.b.b = 1", "at most 16 levels"),
    ("a long name", String(repeating: "x", count: 400_000) + " = 1", "longer than 1000 bytes"),
    // Names are compared by their canonical forms, which sorting such marks makes slow.
    (
      "a long name of marks", "\"e" + String(repeating: "\u{301}\u{323}", count: 100_000) + "\" = 1",
      "longer than 1000 bytes"
    ),
    ("a long text", String(repeating: "# x\n", count: 300_000), "longer than 1048576 bytes"),
  ]

  @Test(arguments: refused.indices)
  func `is refused in a short sentence when it is too deep or too long`(index: Int) {
    let (kind, text, reason) = Self.refused[index]
    do {
      _ = try TOMLReader.read(text)
      Issue.record("\(kind) was read")
    } catch {
      #expect(error.description.contains(reason), "\(kind)")
      #expect(error.description.utf8.count < 400, "\(kind)")
    }
  }

  @Test func `of many names is read whole`() throws {
    let names = 0..<60_000
    let flat = "[environment.arguments]\n" + names.map { "k\($0) = \($0)\n" }.joined()
    let inline = "environment.arguments = {" + names.map { "k\($0) = \($0)" }.joined(separator: ", ") + "}"
    let dotted = names.prefix(20_000).map { "environment.arguments.a.b.c.k\($0) = \($0)\n" }.joined()
    let inArray =
      "environment.arguments = {a = [{" + names.map { "k\($0) = \($0)" }.joined(separator: ", ") + "}]}"
    for (text, count) in [(flat, 60_000), (inline, 60_000), (dotted, 20_000), (inArray, 60_000)] {
      let read = try Configuration.reading(text, file: "x", over: Configuration(environment: "e"))
      #expect(Self.leaves(.table(read.constructorArguments)) == count)
      let again = try Configuration.reading(
        read.toml(records: []), file: "x", over: Configuration(environment: "e"))
      #expect(again.constructorArguments == read.constructorArguments)
    }
  }

  private static func leaves(_ value: SettingValue) -> Int {
    switch value {
    case .table(let table): table.entries.reduce(0) { $0 + leaves($1.value) }
    case .array(let values): values.reduce(0) { $0 + leaves($1) }
    default: 1
    }
  }

  @Test(arguments: [
    "environment.wrappers = [\(String(repeating: "\"a:b {c=\",", count: 60_000))]",
    "environment.emission = [\(String(repeating: "\"x\",", count: 100_000))]",
    "policy.hidden = \"\(String(repeating: "x", count: 400_000))\"",
    "a = \(String(repeating: "1", count: 400_000)).x",
    "\"\(String(repeating: "y", count: 900))\" = 1",
  ])
  func `that is no configuration is refused in a short sentence`(text: String) {
    do {
      _ = try Configuration.reading(text, file: "x", over: Configuration(environment: "e"))
      Issue.record("it was read")
    } catch {
      #expect(error.description.utf8.count < 600)
    }
  }

  @Test func `joins wrappers that were split inside of braces`() {
    #expect(
      WrapperReference.joined(["a:b {c = 1", "d = {e = 2", "f = 3}}", "g:h", "i:j {}"])
        == ["a:b {c = 1,d = {e = 2,f = 3}}", "g:h", "i:j {}"])
  }
}

@Suite struct `Named values` {
  @Test func `are found by their names after every change`() {
    var values = NamedValues()
    for (k, name) in ["d", "b", "c", "a"].enumerated() { values[name] = .integer(Int64(k)) }
    values.sort()
    #expect(values.entries.map(\.name) == ["a", "b", "c", "d"])
    #expect(values["d"] == .integer(0) && values["a"] == .integer(3))
    values["b"] = nil
    values["e"] = .flag(true)
    values["c"] = .text("x")
    #expect(values["b"] == nil && values["c"] == .text("x") && values["e"] == .flag(true))
    #expect(values.entries.map(\.name) == ["a", "c", "d", "e"])
    values.set(["t", "u"], .integer(1))
    values.set(["t", "v"], .integer(2))
    #expect(values.toml == "{a = 3, c = \"x\", d = 0, e = true, t = {u = 1, v = 2}}")
  }
}

@Suite struct `A text of JSON` {
  @Test(arguments: [
    (String(repeating: "[", count: 65), false), (String(repeating: "[", count: 64), true),
    (String(repeating: "{\"a\":", count: 65), false),
    ("[[]]" + String(repeating: "[]", count: 100_000), true),
    ("{\"" + String(repeating: "x", count: 999) + "\":1}", true),
    ("{\"" + String(repeating: "x", count: 1000) + "\" :1}", false),
    ("{\"a\":\"" + String(repeating: ":", count: 100_000) + "\"}", true),
    ("\"\\\"" + String(repeating: "[", count: 100) + "\"", true),
  ])
  func `is decoded if it is not too deep and has no name that is too long`(text: String, isRead: Bool) {
    #expect(JSONText.isWithinLimits(Array(text.utf8)[...]) == isRead)
  }

  /// Foundation would sort the marks of the name, which takes minutes.
  @Test func `with a name of many marks is refused`() throws {
    let header = "{\"e" + String(repeating: "\u{301}\u{323}", count: 400_000) + "\":{}}"
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    bytes += header.utf8
    #expect(throws: ExperimentError.self) { try Safetensors(bytes, file: "x", isOurs: false) }
  }
}
