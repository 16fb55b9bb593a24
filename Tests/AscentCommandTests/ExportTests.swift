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
      (["--format", "onnx", "--out", "/nosuch/x"], "cannot write /nosuch/x"),
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
  }
}
