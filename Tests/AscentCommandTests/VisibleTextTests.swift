import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/outputs.py"

/// What a terminal would act on in an output: controls other than line breaks and tabs, and marks of direction.
private func acting(_ text: String) -> [String] {
  text.unicodeScalars.filter { scalar in
    scalar != "\n" && scalar != "\t"
      && [.control, .format, .lineSeparator].contains(scalar.properties.generalCategory)
  }.map { String($0.value, radix: 16) }
}

private let reset = "\u{1B}[31mred\nascent: trained 5 steps\u{202E}evil"

@Suite struct `Words from outside` {
  /// WORDS of the fixture.
  private let shown = #"\x1b[31mred\r\nascent: trained 5 steps\x00after \udc80 \u202eevil\x9b2J"#

  @Test(arguments: ["1", "2"])
  func `in an exception are in one line, whole, without what a terminal acts on`(workers: String) throws {
    let scratch = try Scratch()
    let run = try Command.run(
      [
        "train", fixtures + ":Speaks", "--steps", "512", "--lanes", "2", "--quiet", "--workers", workers,
        "--out", scratch("run"),
      ])
    #expect(run.code == 3)
    #expect(acting(run.error) == [])
    let first = run.error.split(separator: "\n")[0]
    #expect(first.hasPrefix("ascent: the environment raised ValueError: \(shown) (lane "), "\(run.error)")
    // The traceback keeps its lines, and what comes after the zero.
    #expect(run.error.contains("Traceback (most recent call last):\n"))
    #expect(
      run.error.contains("\nascent: trained 5 steps\\x00after \\udc80 \\u202eevil\\x9b2J\n"), "\(run.error)")
    let record = try JSONSerialization.jsonObject(with: Data(scratch.text("run/fault.json").utf8))
    let fault = (record as? [String: Any])?["fault"] as? String
    #expect(fault?.contains("after \\udc80") == true)
    #expect(acting(try scratch.text("run/fault.json")) == [])
  }

  /// A traceback below the sentence keeps its lines.
  @Test(arguments: [
    ("SpeaksAtOpening", #"ascent: Python raised RuntimeError: \x1b[31mred\r\nascent: trained"#),
    ("SpeaksWithNames", #"ascent: the environment raised \x1b[31mError\nascent: trained: short"#),
    ("Observes", #"ascent: text observations are omitted: \x1b[31mred\nascent: done\udc80"#),
  ])
  func `in an environment's names and exceptions reach no terminal`(name: String, words: String) throws {
    let scratch = try Scratch()
    let run = try Command.run(
      ["train", fixtures + ":" + name, "--steps", "512", "--lanes", "2", "--out", scratch("run")])
    #expect(acting(run.error) == [] && run.error.contains(words), "\(run.error)")
    let check = try Command.run(["check", fixtures + ":" + name, "--steps", "100"])
    #expect(acting(check.error + check.out) == [], "\(check.error) \(check.out)")
  }

  /// A file, a folder, an argument, a setting, a key, and the data of a run.
  @Test func `in files and their names reach no terminal`() throws {
    let scratch = try Scratch()
    let name = scratch(reset)
    try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: fixtures, toPath: name + "/outputs.py")
    let settings = scratch("settings.toml")
    let runs = [
      ["train", name + "/outputs.py:Walk", "--steps", "64", "--out", name + "/run"],
      ["train", name + "/outputs.py:Nothing"], ["train", name + "/nothing.py:Walk"],
      ["train", reset], ["train", "native:" + reset], ["evaluate", reset], ["evaluate", name + "/run"],
      ["diff", name + "/run", reset], [reset], ["train", "--" + reset], ["train", "native:tiger", reset],
      ["train", "native:tiger", "--set", reset + "=1"], ["train", "native:tiger", "--algorithm", reset],
      ["train", "native:tiger", "--config", settings], ["check", reset], ["help", reset],
      ["environments", reset], ["sample", name + "/run", "--out", reset + "/x"], ["clone", reset],
      ["train", "native:tiger", "--emission", reset],
    ]
    try Data("\"\\u001b[31mred\\nascent: trained\" = 1\n".utf8).write(to: URL(fileURLWithPath: settings))
    for arguments in runs {
      let run = try Command.run(arguments)
      #expect(acting(run.error + run.out) == [], "\(arguments[0]): \(run.error) \(run.out)")
      #expect(!(run.error + run.out).contains("\nascent: trained"), "\(arguments[0]): \(run.error)")
    }
    let train = try Command.run(["train", "native:tiger", "--steps", "64", "--out", name + "/second"])
    #expect(train.out.contains(#"\x1b[31mred\nascent: trained 5 steps\u202eevil/second"#), "\(train.out)")
    let json = try Command.run(["train", "native:tiger", "--steps", "64", "--json", "--out", name + "/third"])
    #expect(acting(json.out) == [])
    #expect(json.lines.last?["run"] as? String == name + "/third")
  }

  @Test func `that end where C ends a text are not taken for the part before it`() throws {
    let scratch = try Scratch()
    let run = try Command.run([
      "train", "CartPole-v1", "--steps", "64", "--preset", "none", "--out", scratch("run"),
    ])
    #expect(run.code == 0, "\(run.error)")
    let text = try scratch.text("run/run.toml").replacing("CartPole-v1", with: #"CartPole-v1\u0000evil"#)
    try Data(text.utf8).write(to: URL(fileURLWithPath: scratch("run/run.toml")))
    let evaluation = try Command.run(["evaluate", scratch("run"), "--episodes", "2"])
    #expect(evaluation.code == 2)
    #expect(evaluation.error.contains(#"there is no environment CartPole-v1\x00evil"#), "\(evaluation.error)")
  }

  @Test func `in a run's records reach no terminal`() throws {
    let scratch = try Scratch()
    for name in ["a", "b"] {
      let run = try Command.run(["train", "native:tiger", "--steps", "64", "--out", scratch(name)])
      #expect(run.code == 0, "\(run.error)")
    }
    let file = URL(fileURLWithPath: scratch("b/run.toml"))
    let text = try scratch.text("b/run.toml").replacing(
      "ascent = \"", with: "ascent = \"\\u001b[31mred\\nascent: trained\\u0000after")
    try Data(text.utf8).write(to: file)
    for arguments in [["diff", scratch("a"), scratch("b")], ["reproduce", scratch("b")]] {
      let run = try Command.run(arguments)
      #expect(acting(run.error + run.out) == [], "\(run.out)")
      #expect(
        (run.error + run.out).contains(#"\x1b[31mred\nascent: trained\x00after"#), "\(run.error) \(run.out)")
    }
  }
}
