import AscentTestSupport
import Foundation
import Testing

private let pictures = TestPython.projectFolder + "/Tests/Fixtures/pictures.py"

/// Trains a policy with convolutions in an environment of the fixtures.
private func train(
  _ name: String, _ scratch: Scratch, steps: Int = 6000, _ settings: [String] = [], to run: String? = nil,
  more: [String] = []
) throws -> Command {
  let all =
    [
      "policy.convolutions=8x6/3", "policy.hidden=16", "policy.activation=relu", "policy.trunk=shared",
      "rollout.steps=64", "algorithm.minibatch=128", "algorithm.epochs=4", "algorithm.rate=0.003",
    ] + settings
  return try Command.run(
    ["train", "\(pictures):\(name)", "--steps", "\(steps)", "--lanes", "4", "--out", scratch(run ?? name)]
      + more
      + all.flatMap { ["--set", $0] })
}

/// The arrays of a run's policy, as bytes.
private func weights(_ scratch: Scratch, _ name: String) throws -> Data {
  try Data(contentsOf: URL(fileURLWithPath: scratch("\(name)/policy.safetensors")))
}

private func meanReturn(_ scratch: Scratch, _ name: String) throws -> Double {
  let evaluated = try Command.run(["evaluate", scratch(name), "--episodes", "40", "--json"])
  #expect(evaluated.code == 0, "\(evaluated.error)")
  return evaluated.lines.last?["mean_return"] as? Double ?? .nan
}

@Suite struct `A picture` {
  /// Eight right answers are an episode; guesses get four.
  @Test(arguments: [("Side", "Last"), ("FirstFloat", "LastFloat")])
  func `teaches the same bits in any order of its axes`(first: String, last: String) throws {
    let scratch = try Scratch()
    let (left, right) = (try train(first, scratch), try train(last, scratch))
    #expect(left.code == 0 && right.code == 0, "\(left.error)\(right.error)")
    #expect(try weights(scratch, first) == weights(scratch, last))
    #expect(try meanReturn(scratch, first) > 7.5)
    #expect(left.error.contains("is read as channels × rows × columns"), "\(left.error)")
    #expect(left.error.contains("policy.image_layout=channels-last"))
    #expect(!right.error.contains("is read as"))
    #expect(try scratch.text("\(first)/policy.json").contains(#""axes":"channels-first""#))
  }

  @Test func `is stacked and hidden from in its own order`() throws {
    let scratch = try Scratch()
    let settings = ["environment.frame_stack=2"]
    let noise = ["--emission", "salt-pepper=0.1"]
    for name in ["Side", "Last"] {
      let run = try train(name, scratch, steps: 600, settings, more: noise)
      #expect(run.code == 0, "\(run.error)")
    }
    #expect(try weights(scratch, "Side") == weights(scratch, "Last"))
  }

  @Test func `is read in the order that the user gives`() throws {
    let scratch = try Scratch()
    let stated = try train("Side", scratch, steps: 600, ["policy.image_layout=channels-first"])
    #expect(stated.code == 0 && !stated.error.contains("is read as"), "\(stated.error)")
    let bytes = try weights(scratch, "Side")
    let other = try train(
      "Side", scratch, steps: 600, ["policy.image_layout=channels-last", "policy.convolutions=8x3/1"],
      to: "other")
    #expect(other.code == 0 && !other.error.contains("is read as"), "\(other.error)")
    #expect(try weights(scratch, "other") != bytes)
    let refused = try Command.run([
      "train", "native:cartpole", "--steps", "100", "--set", "policy.image_layout=channels-first", "--out",
      scratch("refused"),
    ])
    #expect(refused.code == 2 && refused.error.contains("three axes"), "\(refused.error)")
  }

  @Test(arguments: ["Beside", "BesideLast"])
  func `is convolved beside numbers`(name: String) throws {
    let scratch = try Scratch()
    let run = try train(name, scratch, steps: 20_000, ["policy.hidden=32"])
    #expect(run.code == 0, "\(run.error)")
    #expect(try meanReturn(scratch, name) > 7)
  }

  @Test func `is seen in vectors`() throws {
    let scratch = try Scratch()
    let run = try train("SideVector", scratch, more: ["--vector"])
    #expect(run.code == 0 && run.error.contains("channels × rows × columns"), "\(run.error)")
    #expect(try meanReturn(scratch, "SideVector") > 7.5)
  }

  /// Rollouts of bytes are exchanged, and open episodes are continued.
  @Test func `teaches the same bits to any number of workers`() throws {
    let scratch = try Scratch()
    for workers in ["1", "2", "3"] {
      let run = try train("Side", scratch, steps: 1000, to: workers, more: ["--workers", workers])
      #expect(run.code == 0, "\(run.error)")
      #expect(try weights(scratch, workers) == weights(scratch, "1"))
    }
  }

  @Test func `may be one of several frames`() throws {
    let scratch = try Scratch()
    let run = try train("Frames", scratch)
    #expect(run.code == 0, "\(run.error)")
    #expect(try meanReturn(scratch, "Frames") > 7.5)
  }

  @Test func `that convolutions do not fit is named by its extents`() throws {
    let scratch = try Scratch()
    let run = try train("Last", scratch, ["policy.convolutions=8x6/3,8x30/1"])
    #expect(
      run.code == 2 && run.error.contains("7 × 7 × 8 (height × width × channels), not 30"), "\(run.error)")
  }

  @Test func `without convolutions is worth a notice`() throws {
    let scratch = try Scratch()
    let run = try train("Last", scratch, steps: 600, ["policy.convolutions="])
    #expect(run.code == 0, "\(run.error)")
    #expect(run.error.contains("is a picture of 1728 numbers"), "\(run.error)")
    #expect(run.error.contains("--set policy.convolutions=16x3/2,32x3/2"))
    // The convolutions of the notice fit.
    let advised = try train("Last", scratch, steps: 600, ["policy.convolutions=16x3/2,32x3/2"], to: "other")
    #expect(advised.code == 0 && !advised.error.contains("is a picture of"), "\(advised.error)")
  }

  @Test func `of bytes is scaled to one, with convolutions and without`() throws {
    for settings in [[], ["policy.convolutions="]] {
      let scratch = try Scratch()
      let run = try train("Last", scratch, steps: 600, settings)
      #expect(run.code == 0, "\(run.error)")
      let text = try scratch.text("Last/policy.json")
      #expect(text.contains(#""scale":"observations.scale","bound":null"#), "\(text)")
    }
  }
}

@Suite struct `An observation of many choices` {
  /// A shape of run.toml's networks that is quick.
  private let small = [
    "policy.convolutions=", "policy.hidden=8", "policy.trunk=separate", "algorithm.rate=0.01",
  ]

  @Test(arguments: ["Cells", "SmallestIndex", "LargestVector"])
  func `is learned`(name: String) throws {
    let scratch = try Scratch()
    let run = try train(name, scratch, steps: 4000, small)
    #expect(run.code == 0, "\(run.error)")
    #expect(try meanReturn(scratch, name) > 7.5)
    let sampled = try Command.run([
      "sample", scratch(name), "--episodes", "1", "--out", scratch("episodes.jsonl"),
    ])
    #expect(sampled.code == 0, "\(sampled.error)")
    let line = try scratch.text("episodes.jsonl")
    // An index is one number in a row.
    #expect(line.prefix(200).contains("\"observations\":[[\(name == "LargestVector" ? "0.0,0.0," : "")"))
    #expect(name == "LargestVector" || line.count < 2000)
  }

  @Test func `is learned in vectors`() throws {
    let scratch = try Scratch()
    let run = try train("TwoIndicesVector", scratch, steps: 4000, small, more: ["--vector"])
    #expect(run.code == 0, "\(run.error)")
    #expect(try meanReturn(scratch, "TwoIndicesVector") > 7.5)
  }

  @Test(arguments: [
    ["policy.memory=gru", "policy.memory_size=4"], ["normalize.observations=true"],
    ["environment.frame_stack=2"], ["policy.hidden="],
  ])
  func `goes through every layer`(settings: [String]) throws {
    for name in ["Cells", "TwoIndices"] {
      let scratch = try Scratch()
      let run = try train(name, scratch, steps: 300, small + settings)
      #expect(run.code == 0, "\(run.error)")
      let again = try Command.run(["reproduce", scratch(name)])
      #expect(again.code == 0, "\(again.error)\(again.out)")
    }
  }

  @Test func `is refused where its weights do not fit, and the space is named`() throws {
    let scratch = try Scratch()
    let run = try train("Millions", scratch, steps: 300, small + ["policy.hidden=64"])
    #expect(run.code != 0)
    #expect(run.error.contains("Discrete(2000000)") && run.error.contains("policy.hidden"), "\(run.error)")
    let tabular = try train(
      "Millions", scratch, steps: 40, small + ["policy.hidden=", "rollout.steps=5"], to: "tabular")
    #expect(tabular.code == 0, "\(tabular.error)")
  }

  @Test func `has masks as long as its choices`() throws {
    let scratch = try Scratch()
    let run = try train(
      "ManyActions", scratch, steps: 200,
      small + ["environment.action_masks=true", "environment.also_observe=action"])
    #expect(run.code == 0, "\(run.error)")
  }
}
