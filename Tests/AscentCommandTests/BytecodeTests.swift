import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/"

@Suite struct `The bytecode cache` {
  /// A folder with the environment and no cache.
  private func folder() throws -> Scratch {
    let scratch = try Scratch()
    try FileManager.default.copyItem(atPath: fixtures + "names.py", toPath: scratch("names.py"))
    return scratch
  }

  private func fingerprint(_ scratch: Scratch, _ run: String, _ more: [String] = []) throws -> String {
    let command = try Command.run(
      [
        "train", scratch("names.py:Names"), "--steps", "1024", "--lanes", "2", "--preset", "none", "--seed",
        "7",
        "--json", "--quiet", "--out", scratch(run),
      ] + more)
    #expect(command.code == 0, "\(command.error)")
    return try #require(command.lines.last?["fingerprint"] as? String)
  }

  /// The first run compiles, the second one loads what the first one wrote; of two workers one may do either.
  @Test func `changes no bit`() throws {
    let scratch = try folder()
    let first = try fingerprint(scratch, "a")
    #expect(try scratch.names("__pycache__").count == 1)
    #expect(try fingerprint(scratch, "b") == first)
    try FileManager.default.removeItem(atPath: scratch("__pycache__"))
    #expect(try fingerprint(scratch, "c", ["--workers", "2"]) == first)
  }

  @Test func `changes no bit where it cannot be written`() throws {
    let scratch = try folder()
    let first = try fingerprint(scratch, "a")
    try FileManager.default.removeItem(atPath: scratch("__pycache__"))
    // No folder can be made where there is a file.
    try Data().write(to: URL(fileURLWithPath: scratch("__pycache__")))
    #expect(try fingerprint(scratch, "b") == first)
  }

  /// The text changes, but neither its size nor its time, by which Python compares the cache with it.
  @Test func `of an earlier text is not used`() throws {
    let scratch = try folder()
    let time = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)]
    func write(_ reward: String) throws {
      let text = try String(contentsOfFile: fixtures + "modes.py", encoding: .utf8)
      try text.replacing("float(abs(self.x))", with: reward).write(
        toFile: scratch("names.py"), atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes(time, ofItemAtPath: scratch("names.py"))
    }
    func bits(_ run: String) throws -> String {
      let command = try Command.run([
        "train", scratch("names.py:Exact"), "--steps", "1024", "--lanes", "2", "--preset", "none", "--json",
        "--out", scratch(run),
      ])
      return try #require(command.lines.last?["bits"] as? String)
    }
    try write("float(abs(self.x))")
    let first = try bits("a")
    try write("float(abs(self.t))")
    let second = try bits("b")
    #expect(second != first)
    try FileManager.default.removeItem(atPath: scratch("__pycache__"))
    #expect(try bits("c") == second)
  }

  /// Another process, with another order of its sets, wrote the cache; it is not compared with the source.
  @Test func `changes no bit where another Python wrote it`() throws {
    let scratch = try folder()
    let first = try fingerprint(scratch, "a")
    try FileManager.default.removeItem(atPath: scratch("__pycache__"))
    let python = Process()
    python.executableURL = URL(fileURLWithPath: TestPython.projectFolder + "/.venv/bin/python")
    python.arguments = [
      "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", scratch("names.py"),
    ]
    python.environment = ["PYTHONHASHSEED": "5"]
    try python.run()
    python.waitUntilExit()
    #expect(try scratch.names("__pycache__").count == 1)
    #expect(try fingerprint(scratch, "b") == first)
  }
}
