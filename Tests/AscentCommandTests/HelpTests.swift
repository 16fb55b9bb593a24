import AscentTestSupport
import Foundation
import Testing

@Suite struct `ascent help` {
  @Test func `explains every setting that run.toml has`() throws {
    let scratch = try Scratch()
    let command = try Command.run(["help", "settings", "--json"])
    #expect(command.code == 0 && command.error.isEmpty)
    var explained: [String] = []
    for line in command.lines {
      let key = try #require(line["key"] as? String)
      explained.append(key)
      let (help, allowed) = (line["help"] as? String ?? "", line["allowed"] as? String ?? "")
      #expect(help.hasSuffix(".") && help.count > 12, "\(key): \(help)")
      #expect(!allowed.isEmpty, "\(key)")
      for choice in line["choices"] as? [[String: Any]] ?? [] {
        #expect((choice["help"] as? String)?.isEmpty == false, "\(key): \(choice)")
      }
    }
    #expect(
      try Command.run(["train", "native:two-state", "--steps", "100", "--out", scratch("run")]).code == 0)
    var table = ""
    for line in try scratch.text("run/run.toml").split(separator: "\n") {
      if line.hasPrefix("[") { table = String(line.dropFirst().dropLast()) }
      guard let equal = line.firstIndex(of: "="), !line.hasPrefix("#"),
        !["", "budgets", "changes", "made_with", "versions", "result"].contains(table)
      else { continue }
      let key = "\(table)." + line[..<equal].trimmingCharacters(in: .whitespaces)
      #expect(explained.contains(key), "\(key)")
    }
  }

  @Test func `explains every column of metrics.csv`() throws {
    let scratch = try Scratch()
    let command = try Command.run(["help", "metrics", "--json"])
    let names = command.lines.filter { $0["command"] as? String == "train" }.compactMap {
      $0["name"] as? String
    }
    #expect(
      try Command.run(["train", "native:two-state", "--steps", "100", "--out", scratch("run")]).code == 0)
    let header = try scratch.text("run/metrics.csv").split(separator: "\n")[0]
    #expect(header == names.joined(separator: ","))
    #expect(command.lines.allSatisfy { ($0["meaning"] as? String)?.hasSuffix(".") == true })
  }

  /// docs/settings.md, docs/metrics.md and docs/exit-codes.md are written from these answers.
  @Test func `says what the pages in docs say`() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [TestPython.projectFolder + "/Scripts/references.py", Command.executable, "--check"]
    let out = Pipe()
    process.standardOutput = out
    try process.run()
    let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && text.isEmpty, "\(text)")
  }

  @Test(arguments: [
    (["help", "setings"], "nearest is 'settings'"), (["help", "settings", "algorithm.rat"], "algorithm.rat"),
    (["help", "settings", "nosuch"], "no setting"), (["help", "metrics", "steps"], "one topic"),
    (["help", "train", "--json"], "no other arguments"),
  ])
  func `names the nearest topic, and shows keys by their beginning`(_ arguments: [String], _ text: String)
    throws
  {
    let command = try Command.run(arguments)
    #expect(command.code == (arguments == ["help", "settings", "algorithm.rat"] ? 0 : 2))
    #expect((command.out + command.error).contains(text))
  }

  @Test func `explains an algorithm's settings with its values`() throws {
    let command = try Command.run(["algorithms", "trpo"])
    #expect(command.code == 0)
    #expect(command.out.contains("algorithm.update = trust-region"))
    #expect(command.out.contains("algorithm.line_search_factor = 0.8"))
    #expect(command.out.contains("The factor by which the line search shortens a step"))
  }

  @Test func `has an exit code for what is no fault of the line that was typed`() throws {
    let codes = try Command.run(["help", "exit-codes", "--json"]).lines.compactMap { $0["code"] as? Int }
    #expect(codes == [0, 2, 3, 4, 5, 6, 7, 8, 130])
    // A disk without room is the machine's. /dev/full stays the device that it is.
    let full = try Command.run([
      "sample", "native:two-state", "--episodes", "2000", "--out", "/dev/full", "--quiet",
    ])
    #expect(full.code == 6, "\(full.error)")
    let kind = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
    #expect(kind == .typeCharacterSpecial)
    // So are results that cannot be written.
    let line = "'\(Command.executable)' environments > /dev/full"
    #expect(try Command.run(["-c", line], executable: "/bin/sh").code == 6)
    // A step that is far too long ends in numbers that are not finite.
    let scratch = try Scratch()
    let diverged = try Command.run([
      "train", "native:pendulum", "--algorithm", "reinforce", "--preset", "none", "--steps", "20000", "--set",
      "algorithm.optimizer=ascent", "--set", "algorithm.rate=1000", "--quiet", "--out", scratch("run"),
    ])
    #expect(diverged.code == 7, "\(diverged.error)")
  }
}
