import AscentTestSupport
import Foundation
import Testing

struct ExportTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func train(_ environment: String, _ settings: String...) throws -> String {
    let sets = settings.flatMap { ["--set", $0] }
    let small = ["--set", "policy.hidden=8", "--set", "rollout.steps=32"]
    let train = try Command.run(
      ["train", environment, "--preset", "none", "--steps", "64", "--quiet"] + small + sets
        + ["--out", scratch("run")])
    #expect(train.code == 0, "\(train.error)")
    return scratch("run")
  }

  @Test func `a policy is exported without its environment`() throws {
    let file = scratch("lamp.py")
    let source = try String(
      contentsOfFile: TestPython.projectFolder + "/Tests/Fixtures/actions.py", encoding: .utf8)
    try source.write(toFile: file, atomically: true, encoding: .utf8)
    let run = try train("\(file):Choice")
    try FileManager.default.removeItem(atPath: file)
    for (format, out, files) in [("onnx", "p.onnx", ["p.onnx"]), ("c", "p.c", ["p.c", "p.h"])] {
      let export = try Command.run(["export", run, "--format", format, "--out", scratch(out), "--json"])
      #expect(export.code == 0, "\(export.error)")
      #expect(export.lines[0]["files"] as? [String] == files.map { scratch($0) })
      for name in files { #expect(try Data(contentsOf: URL(fileURLWithPath: scratch(name))).count > 500) }
    }
    let header = try scratch.text("p.h")
    #expect(header.contains("policy_observation_size = 3,"))
    #expect(header.contains("[0] Discrete(3, start=2), counted from 0"))
    #expect(header.contains("fingerprint: "))
  }

  @Test func `names begin as --name says, and masks are an argument`() throws {
    let masked = TestPython.projectFolder + "/Tests/Fixtures/masked.py:Masked"
    let run = try train(masked, "environment.action_masks=true")
    let export = try Command.run(
      ["export", run, "--format", "c", "--out", scratch("p.c"), "--name", "rover"])
    #expect(export.code == 0, "\(export.error)")
    #expect(export.out == "\(scratch("p.c"))\n\(scratch("p.h"))\n")
    let header = try scratch.text("p.h")
    #expect(header.contains("rover_mask_size = 3,"))
    #expect(
      header.contains(
        "void rover_act(const float *observation, const float *mask, float *state, float *action);"))
  }

  @Test func `help lists the formats on lines of their own`() throws {
    let help = try Command.run(["help", "export"]).out
    for format in ["onnx", "c", "numpy", "torch"] { #expect(help.contains("\n  \(format)  "), "\(help)") }
  }

  @Test func `what cannot be exported is said in one sentence`() throws {
    let run = try train("native:cartpole")
    for (arguments, sentence) in [
      (["--format", "onx", "--out", "x"], "there is no format 'onx'; the nearest is 'onnx'"),
      (["--format", "c", "--out", "x"], "writes a file that ends in .c"),
      (
        ["--format", "c", "--out", "x.c", "--with-distribution"],
        "--with-distribution does not apply to --format c"
      ),
      (["--format", "c", "--out", "x.c", "--name", "1"], "--name must be an identifier of C"),
      (["--format", "onnx", "--out", "/proc/nosuch/x"], "cannot make the folder /proc/nosuch"),
      (["--format", "c", "--out", "x.c", "--name", "_x"], "that does not begin with _"),
      (["--format", "c", "--out", "a\"b.c"], "an #include cannot name the header"),
      (["--format", "c", "--out", "a\\b.c"], "an #include cannot name the header"),
      (["--format", "numpy", "--out", "-"], "--out names a f"),
      (["--format", "onnx", "--out", "-"], "--out names a f"),
      (["--format", "onnx", "--out", ""], "--out is empty"),
      (["--format", "onnx", "--out="], "--out is empty"),
    ] {
      let export = try Command.run(["export", run] + arguments)
      #expect(export.code == 2)
      #expect(export.error.contains(sentence), "\(export.error)")
      #expect(export.error.split(separator: "\n").count == 1)
    }
    let none = try Command.run(["export", scratch("nothing"), "--format", "c", "--out", "x.c"])
    #expect(none.code == 2)
    #expect(none.error.contains("is not the folder of a run"))
    // A weight of the wrong size is a damaged file.
    let description = try scratch.text("run/policy.json")
    try description.replacing(#""actor.0.weight""#, with: #""actor.1.weight""#).write(
      toFile: scratch("run/policy.json"), atomically: true, encoding: .utf8)
    let damaged = try Command.run(["export", run, "--format", "onnx", "--out", scratch("x.onnx")])
    #expect(damaged.code == 4)
    #expect(damaged.error.contains("policy.safetensors is damaged"), "\(damaged.error)")
    try FileManager.default.removeItem(atPath: scratch("run/policy.safetensors"))
    let text = try scratch.text("run/run.toml").replacing(/\[result\][^\[]*/, with: "")
    try text.write(toFile: scratch("run/run.toml"), atomically: true, encoding: .utf8)
    let line = ["evaluate", "export --format onnx --out x.onnx", "export --format torch --out x"]
    for words in line.map({ $0.split(separator: " ").map(String.init) }) {
      let none = try Command.run([words[0], run] + words.dropFirst(), in: scratch.path)
      #expect(
        none.code == 2 && none.error.contains("has checkpoints but no policy.safetensors"), "\(none.error)")
    }
  }

  private static let formats = [("onnx", "p.onnx"), ("c", "p.c"), ("numpy", "p"), ("torch", "p")]

  @Test(arguments: formats) func `no file of a run or of another program is replaced`(
    format: String, out: String
  ) throws {
    let run = try train("native:cartpole")
    func export(_ out: String) throws -> Command {
      try Command.run(["export", run, "--format", format, "--out", out], in: scratch.path)
    }
    let before = try scratch.text("run/policy.json")
    if out == "p" {
      for folder in ["run", "run/.", run + "/"] {
        let refused = try export(folder)
        #expect(refused.code == 2 && refused.error.contains("is the folder of a run"), "\(refused.error)")
      }
      try FileManager.default.createDirectory(atPath: scratch("mine"), withIntermediateDirectories: true)
      try "mine".write(toFile: scratch("mine/policy.py"), atomically: true, encoding: .utf8)
      for _ in 0..<2 {
        let refused = try export("mine")
        #expect(
          refused.code == 2 && refused.error.contains("is not of an earlier export"), "\(refused.error)")
        #expect(try scratch.text("mine/policy.py") == "mine")
        // A policy beside it makes it no reader of Ascent.
        try before.write(toFile: scratch("mine/policy.json"), atomically: true, encoding: .utf8)
      }
      #expect(try export("run/sub").code == 0)
    } else if format == "onnx" {
      try FileManager.default.createSymbolicLink(
        atPath: scratch("link"), withDestinationPath: scratch("run/policy.json"))
      for file in ["run/policy.json", "run/policy.safetensors", "run/./run.toml", "run/lock", "link"] {
        let refused = try export(file)
        #expect(refused.code == 2 && refused.error.contains("is a file of the run"), "\(refused.error)")
      }
      #expect(try export("run/p.onnx").code == 0)
    }
    #expect(try scratch.text("run/policy.json") == before)
    // Folders are made, and made again is replaced.
    for _ in 0..<2 { #expect(try export("new/below/" + out).code == 0) }
  }

  @Test(arguments: formats) func `nothing is left of an export that fails`(format: String, out: String) throws
  {
    let run = try train("native:cartpole")
    let file = URL(fileURLWithPath: scratch("run/policy.safetensors"))
    let whole = try Data(contentsOf: file)
    // The shape of a weight, transposed; a name of another length; a number that is not finite.
    let shape = try #require(whole.range(of: Data("[4,8]".utf8)))
    let name = try #require(whole.range(of: Data("actor.1.bias".utf8)))
    let changes: [(Range<Data.Index>, Data)] = [
      (shape, Data("[8,4]".utf8)), (name, Data("actor.9.bias".utf8)),
      (whole.index(whole.endIndex, offsetBy: -4)..<whole.endIndex, Data([0, 0, 0xC0, 0x7F])),
    ]
    for (range, bytes) in changes {
      var damaged = whole
      damaged.replaceSubrange(range, with: bytes)
      // The sum of the bytes is not what is tested.
      if let sum = damaged.range(of: Data("sha256_of_file".utf8)) {
        damaged.replaceSubrange(sum, with: Data("sha256_of_none".utf8))
      }
      try damaged.write(to: file)
      let refused = try Command.run(
        ["export", run, "--format", format, "--out", "new/below/" + out], in: scratch.path)
      #expect(refused.code == 4 && refused.error.contains("is damaged"), "\(refused.error)")
      #expect(try !scratch.names().contains("new"))
    }
    try whole.write(to: file)
    let text = try scratch.text("run/policy.json")
    try text.replacing("\"mask_size\":0", with: "\"mask_size\":2").write(
      toFile: scratch("run/policy.json"), atomically: true, encoding: .utf8)
    for words in [["evaluate", run], ["export", run, "--format", format, "--out", "new/" + out]] {
      let refused = try Command.run(words, in: scratch.path)
      #expect(refused.code == 4 && refused.error.contains("policy.json is damaged"), "\(refused.error)")
    }
  }

  @Test(arguments: [
    ("squashed", "\"squashed\"", "\"gaussian\"", "distributions"),
    ("gaussian", ",\"units\":{", ",\"lost\":{", "distributions"),
    ("gaussian", "\"normalizer\":{", "\"normalizer\":null,\"lost\":{", "normalizer"),
  ]) func `a policy that contradicts its run is refused`(
    distribution: String, old: String, new: String, part: String
  ) throws {
    let run = try train(
      "native:pendulum", "policy.distribution=\(distribution)", "normalize.observations=all")
    let text = try scratch.text("run/policy.json")
    #expect(text.contains(old), "\(text)")
    try text.replacing(old, with: new).write(
      toFile: scratch("run/policy.json"), atomically: true, encoding: .utf8)
    for words in [["evaluate", run], ["export", run, "--format", "numpy", "--out", scratch("p")]] {
      let refused = try Command.run(words)
      #expect(
        refused.code == 4
          && refused.error.contains("policy.json is damaged or was not written by Ascent: its \(part)"),
        "\(refused.error)")
    }
  }
}
