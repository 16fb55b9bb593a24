import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures"

@Suite struct `The file of a policy` {
  /// Runs of release 0.1, and the mean returns of ten episodes then.
  static let first: [(name: String, meanReturn: Double)] = [
    ("mlp", 167.6), ("squashed", -1432.5105038270567), ("gru", -0.13333333333333333),
    ("lstm", -0.5133333333333334), ("window", -0.4266666666666666), ("picture", 4.3),
    ("everything", 0.8224851012229919),
  ]

  @Test(arguments: first)
  func `of release 0.1 acts as it did then`(name: String, meanReturn: Double) throws {
    let evaluated = try Command.run(
      ["evaluate", "Tests/Fixtures/policies-0.1/\(name)", "--episodes", "10", "--json", "--trust"],
      in: TestPython.projectFolder)
    #expect(evaluated.code == 0, "\(evaluated.error)")
    let found = try #require(evaluated.lines.last?["mean_return"] as? Double)
    #expect(abs(found - meanReturn) < 1e-6 * abs(meanReturn))
  }

  @Test func `of a later format is refused in a sentence`() throws {
    let scratch = try Scratch()
    let run = scratch("run")
    #expect(try Command.run(["train", "native:cartpole", "--steps", "500", "--out", run]).code == 0)
    let text = try scratch.text("run/policy.json")
    for (later, sentence) in [
      (text.replacingOccurrences(of: "\"format\":4", with: "\"format\":5"), "has the format 5"),
      ("{\"format\":5}", "has the format 5"),
      (text.replacingOccurrences(of: "\"format\":4", with: "\"format\":\"x\""), "does not describe"),
    ] {
      try later.write(toFile: run + "/policy.json", atomically: true, encoding: .utf8)
      let refused = try Command.run(["evaluate", run])
      #expect(refused.code == 4 && refused.error.contains(sentence), "\(refused.error)")
    }
  }

  /// A window of observations and the previous actions: all of it is there without an environment.
  @Test func `describes spaces, stacks, inputs and distributions`() throws {
    let scratch = try Scratch()
    let run = try Command.run([
      "train", "native:pendulum", "--steps", "100", "--preset", "none", "--set",
      "policy.distribution=squashed", "--set", "policy.memory=window=2", "--set",
      "normalize.observations=none", "--set",
      "environment.also_observe=action", "--out", scratch("run"),
    ])
    #expect(run.code == 0, "\(run.error)")
    let text = try scratch.text("run/policy.json")
    for part in [
      #""observation_space":{"text":"Box(3, float32)","leaves":[{"path":"","type":"box","shape":[3],"#,
      #""also_observe":[{"path":"action","type":"box","shape":[1],"dtype":"float32","low":-2.0,"high":2.0"#,
      #""stacks":[{"frames":2,"run":4}],"#, #""feature_size":8,"mask_size":0,"normalizer":null,"#,
      #""inputs":[{"kind":"numbers","columns":8}],"memory":null"#,
      #""distributions":[{"name":"squashed","leaf":0,"values":[0,1],"mask":null,"parameters":[{"name":"mean","#
        + #""outputs":[0,1]},{"name":"log_deviation","array":"actor.log_deviation"}]}],"#,
      #""value":{"network":"critic"}"#,
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }

  /// Tests/Readers/readers.py has the architectures.
  @Test func `is read by numpy with the same actions`() throws {
    let compared = try Command.run(
      [TestPython.projectFolder + "/Tests/Readers/readers.py", Command.executable],
      executable: TestPython.projectFolder + "/.venv/bin/python")
    #expect(compared.code == 0, "\(compared.out)\(compared.error)")
    #expect(compared.out.contains("readers: 37 architectures, 0 faults"), "\(compared.out)")
  }
}

@Suite struct `A policy that is exported` {
  @Test func `for numpy has the reader and the run's arrays`() throws {
    let scratch = try Scratch()
    let exported = try Command.run(
      [
        "export", "Tests/Fixtures/policies-0.1/squashed", "--format", "numpy", "--out", scratch("policy"),
        "--json",
      ], in: TestPython.projectFolder)
    #expect(exported.code == 0, "\(exported.error)")
    #expect((exported.lines.last?["files"] as? [String])?.count == 3)
    #expect(try scratch.names("policy") == ["policy.json", "policy.py", "policy.safetensors"])
    let reader = TestPython.projectFolder + "/Examples/numpy/policy.py"
    #expect(try scratch.text("policy/policy.py") == String(contentsOfFile: reader, encoding: .utf8))
    // The run of release 0.1 lacks the bounds; here they are, and a swing is within them.
    let act = """
      import numpy, policy
      action, state = policy.Policy(".")(numpy.array([-1, 0, 0.5], numpy.float32))
      assert action.shape == (1,) and action.dtype == numpy.float32 and 0 < abs(action[0]) < 2, action
      """
    let acted = try Command.run(
      ["-c", act], executable: TestPython.projectFolder + "/.venv/bin/python", in: scratch("policy"))
    #expect(acted.code == 0, "\(acted.error)")
  }

  @Test func `for numpy says that what it also observes is missing`() throws {
    let scratch = try Scratch()
    let train = try Command.run([
      "train", "native:cartpole", "--preset", "none", "--steps", "64", "--set", "rollout.steps=32", "--set",
      "environment.also_observe=reward,time", "--quiet", "--out", scratch("run"),
    ])
    #expect(train.code == 0, "\(train.error)")
    let act = """
      import sys; sys.path.insert(0, "Examples/numpy")
      import policy
      read, observation = policy.Policy("\(scratch("run"))"), [0, 0, 0, 0]
      action, state = read(observation, None, None, {})
      action, state = read(observation, state, None, {"reward": 1, "time": 0.002})
      for also in None, {"reward": 1}:
          try: read(observation, state, None, also)
          except ValueError as error: print(error)
      """
    let acted = try Command.run(
      ["-c", act], executable: TestPython.projectFolder + "/.venv/bin/python", in: TestPython.projectFolder)
    #expect(acted.out.split(separator: "\n").count == 2, "\(acted)")
    #expect(acted.out.contains("this policy also observes reward, time: pass also={}"), "\(acted)")
  }

  /// native:cartpole has Gymnasium's equations, and its policies about the same returns there.
  @Test func `for numpy plays in Gymnasium`() throws {
    let scratch = try Scratch()
    let exported = try Command.run(
      ["export", "Tests/Fixtures/policies-0.1/mlp", "--format", "numpy", "--out", scratch("policy")],
      in: TestPython.projectFolder)
    #expect(exported.code == 0, "\(exported.error)")
    let played = try Command.run(
      [TestPython.projectFolder + "/Examples/numpy/act.py", scratch("policy"), "CartPole-v1", "5"],
      executable: TestPython.projectFolder + "/.venv/bin/python")
    let returns = played.out.split(separator: "\n").compactMap { Double($0) }
    #expect(returns.count == 5 && returns.allSatisfy { (150...200).contains($0) }, "\(played)")
  }

  /// The files of the fixtures were compared with numpy's reader by PyTorch (`make readers`).
  @Test(arguments: ["mlp", "gru", "lstm", "picture"])
  func `for PyTorch has the same bytes as one that PyTorch has read`(name: String) throws {
    let scratch = try Scratch()
    let exported = try Command.run(
      [
        "export", "Tests/Fixtures/policies-0.1/\(name)", "--format", "torch", "--out", scratch("policy"),
        "--trust",
      ], in: TestPython.projectFolder)
    #expect(exported.code == 0, "\(exported.error)")
    let expected = "\(fixtures)/policies-0.1/\(name)/model.safetensors"
    #expect(
      FileManager.default.contents(atPath: scratch("policy/model.safetensors"))
        == FileManager.default.contents(atPath: expected))
    #expect(FileManager.default.fileExists(atPath: expected))
  }

  @Test func `is refused if an array is missing`() throws {
    let scratch = try Scratch()
    #expect(
      try Command.run(["train", "native:cartpole", "--steps", "500", "--out", scratch("run")]).code == 0)
    let text = try scratch.text("run/policy.json")
    for (old, new) in [
      ("\"actor.0.weight\"", "\"actor.9.weight\""), ("\"actor.0.weight\"", "\"actor.0.bias\""),
      ("\"columns\":4", "\"columns\":3"), ("\"shape\":[4]", "\"shape\":[9223372036854775807,3]"),
      ("\"stacks\":[]", "\"stacks\":[{\"frames\":-1,\"run\":4}]"),
      ("\"stacks\":[]", "\"stacks\":[{\"frames\":2,\"run\":4}]"),
    ] {
      let altered = text.replacingOccurrences(of: old, with: new)
      #expect(altered != text)
      try altered.write(toFile: scratch("run/policy.json"), atomically: true, encoding: .utf8)
      let refused = try Command.run([
        "export", scratch("run"), "--format", "torch", "--out", scratch("torch"),
      ])
      #expect(refused.code == 4 && refused.error.contains("policy"), "\(refused.error)")
    }
  }
}
