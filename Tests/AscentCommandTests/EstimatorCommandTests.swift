import AscentPythonEnvironments
import AscentTestSupport
import Foundation
import Testing

@Suite struct `ascent gradient` {
  /// 200 batches of 32 episodes on a fixed seed: chance plays no part any more; four standard errors were passed
  /// by none of the unbiased rules.
  @Test func `finds unbiased estimators unbiased, and orders their variances`() throws {
    let command = try Command.run(["gradient", "native:two-state", "--json"])
    #expect(command.code == 0, "\(command.error)")
    let found = Dictionary(
      command.lines.compactMap { line in (line["estimator"] as? String).map { ($0, line) } },
      uniquingKeysWith: { first, _ in first })
    let number = { (rule: String, key: String) in found[rule]?[key] as? Double ?? .nan }
    for rule in [
      "total-return", "reward-to-go", "reward-to-go+leave-one-out", "reward-to-go+optimal-leave-one-out",
      "reward-to-go+time-dependent",
    ] {
      #expect(number(rule, "bias") < 4 * number(rule, "bias_standard_error"), "\(rule)")
      #expect(number(rule, "exact_bias") == 0)
    }
    // The average baseline leaves out 1/N of ∇J.
    let expected = number("total-return+average", "gradient_norm") / 32
    #expect(abs(number("total-return+average", "exact_bias") - expected) < 1e-9)
    let variances = ["total-return", "reward-to-go", "reward-to-go+average", "reward-to-go+optimal"].map {
      number($0, "variance")
    }
    #expect(variances == variances.sorted(by: >))
    #expect(found.values.allSatisfy { $0["event"] as? String == "gradient" && $0["exact"] as? Bool == true })
  }

  @Test func `reads the tables of FrozenLake, and knows no bias on CartPole`() throws {
    let frozen = try Command.run([
      "gradient", "FrozenLake-v1", "--batches", "20", "--estimators", "reward-to-go", "--json",
    ])
    #expect(frozen.code == 0, "\(frozen.error)")
    // Uniform actions reach the goal in 1.4 % of the episodes.
    let objective = try #require(frozen.lines.first?["objective"] as? Double)
    #expect(objective > 0.012 && objective < 0.016)
    #expect(frozen.lines.first?["bias"] is Double)
    let cartPole = try Command.run(
      [
        "gradient", "CartPole-v1", "--batches", "3", "--episodes", "4", "--estimators",
        "reward-to-go+average", "--json",
      ])
    #expect(cartPole.lines.first?["bias"] is NSNull && cartPole.lines.first?["variance"] is Double)
  }

  @Test func `splits the variance by the streams that make it`() throws {
    let command = try Command.run([
      "gradient", "native:bandit", "--sources", "--batches", "400", "--episodes", "4", "--estimators",
      "total-return",
      "--json",
    ])
    let line = try #require(command.lines.first)
    let part = { (key: String) in line[key] as? Double ?? .nan }
    // Each part is below the whole, and together they are at least the whole: what needs both counts twice.
    // The whole is known to some 10 % from 400 batches; a part above 1.3 of it would be four deviations off.
    #expect(part("variance_of_actions") < 1.3 * part("variance"))
    #expect(part("variance_of_transitions") < 1.3 * part("variance"))
    #expect(part("variance_of_actions") + part("variance_of_transitions") > 0.7 * part("variance"))
    // Every episode starts in the same state: nothing is drawn there.
    #expect(part("variance_of_initial_states") == 0)
    #expect(part("variance_of_emissions") == 0)
    let tiger = try Command.run([
      "gradient", "native:tiger", "--sources", "--batches", "4", "--episodes", "4", "--estimators",
      "reward-to-go",
      "--json",
    ])
    #expect(tiger.lines.first?["variance_of_emissions"] as? Double ?? 0 > 0)
  }

  @Test func `says the same on the same seed, and sees a run`() throws {
    let scratch = try Scratch()
    #expect(
      try Command.run(["train", "native:bandit", "--steps", "2000", "--out", scratch("run")]).code == 0)
    let line = ["gradient", scratch("run"), "--batches", "10", "--json"]
    let first = try Command.run(line)
    #expect(first.code == 0 && first.lines.count == 8)
    #expect(try Command.run(line).out == first.out)
    #expect(try Command.run(line + ["--seed", "2"]).out != first.out)
  }
}

@Suite struct `ascent estimate` {
  @Test func `weighs another policy's data, and warns when the weights collapse`() throws {
    let scratch = try Scratch()
    let train = { (name: String, more: [String]) in
      try Command.run(
        ["train", "native:cartpole", "--algorithm", "reinforce", "--quiet", "--out", scratch(name)] + more
      ).code
    }
    #expect(try train("base", ["--steps", "60000"]) == 0)
    #expect(try train("near", ["--steps", "64000"]) == 0)
    #expect(try train("far", ["--steps", "20000", "--seed", "2"]) == 0)
    #expect(
      try Command.run(["sample", scratch("base"), "--episodes", "300", "--out", scratch("x.jsonl")]).code == 0
    )
    let own = try Command.run(["estimate", scratch("base"), "--episodes", "300", "--json"])
    let ownJ = try #require(own.lines.first?["J"] as? Double)
    #expect(own.lines.first?["estimator"] as? String == "on-policy")
    // The data's own policy has weights of exactly 1: the same episodes, the same J.
    let same = try Command.run(["estimate", scratch("base"), "--from", scratch("x.jsonl"), "--json"])
    #expect(same.lines.first?["J"] as? Double == ownJ)
    #expect(same.lines.first?["effective_sample_size"] as? Double == 300)
    // On fixed seeds the interval of the near policy holds what its own episodes give.
    let near = try Command.run(["estimate", scratch("near"), "--episodes", "300", "--json"])
    let weighted = try Command.run(["estimate", scratch("near"), "--from", scratch("x.jsonl"), "--json"])
    let truth = try #require(near.lines.first?["J"] as? Double)
    let line = try #require(weighted.lines.first)
    #expect(line["low"] as? Double ?? .infinity < truth && line["high"] as? Double ?? 0 > truth)
    #expect(!weighted.error.contains("collapsed"))
    let far = try Command.run(["estimate", scratch("far"), "--from", scratch("x.jsonl"), "--json"])
    #expect(far.code == 0 && far.error.contains("collapsed"))
  }

  /// The second factor has four choices; a fifth would read the log-probabilities of the third.
  @Test func `refuses choices that a product of actions does not have`() throws {
    let scratch = try Scratch()
    let environment = TestPython.projectFolder + "/Tests/Fixtures/actions.py:Choices"
    let train = try Command.run([
      "train", environment, "--algorithm", "reinforce", "--steps", "200", "--out", scratch("run"),
    ])
    #expect(train.code == 0, "\(train.error)")
    #expect(
      try Command.run(["sample", scratch("run"), "--episodes", "2", "--out", scratch("x.jsonl")]).code == 0)
    let estimate = ["estimate", scratch("run"), "--from", scratch("x.jsonl")]
    #expect(try Command.run(estimate).code == 0)
    let text = try scratch.text("x.jsonl")
    for wrong in ["[0,4,0]", "[0,-1,0]", "[0,1.5,0]", "[2,0,0]"] {
      let damaged = text.replacing(/"actions":\[\[\d.0,\d.0,\d.0\]/) { _ in "\"actions\":[\(wrong)" }
      #expect(damaged != text)
      try damaged.write(toFile: scratch("x.jsonl"), atomically: true, encoding: .utf8)
      let command = try Command.run(estimate)
      #expect(command.code == 4 && command.error.contains("where an index below"), "\(command.error)")
    }
  }

  @Test func `refuses files that are damaged, by the number of the line`() throws {
    let scratch = try Scratch()
    #expect(
      try Command.run(["train", "native:cartpole", "--steps", "500", "--out", scratch("run")]).code == 0)
    let sample = ["sample", scratch("run"), "--episodes", "3", "--out"]
    #expect(try Command.run(sample + [scratch("good.jsonl")]).code == 0)
    let lines = try scratch.text("good.jsonl").split(separator: "\n").map { String($0) }
    func object(_ change: (inout [String: Any]) -> Void) throws -> String {
      var made = try #require(try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [String: Any])
      change(&made)
      return String(decoding: try JSONSerialization.data(withJSONObject: made), as: UTF8.self)
    }
    let cases: [(String, String)] = [
      (try object { $0["rewards"] = nil }, "has no 'rewards'"),
      (try object { $0["rewards"] = [1] }, "observations for 1 rewards"),
      (try object { $0["rewards"] = [] }, "has no step"),
      (
        try object { $0["actions"] = [7] + (($0["actions"] as? [Int]) ?? []).dropFirst() }, "no index below 2"
      ),
      (try object { $0["actions"] = "left" }, "no usable value at actions"),
      (
        try object { $0["observations"] = (($0["observations"] as? [[Double]]) ?? []).map { [$0[0]] } },
        "of 1 numbers"
      ),
      (try object { $0["truncated"] = $0["terminated"] }, "terminated"),
      (try object { $0["log_probabilities"] = [-1.0] }, "1 log_probabilities"),
      (String(lines[1].dropLast(20)), "is not JSON"),
      (lines[1].replacingOccurrences(of: "\"rewards\":[1.0", with: "\"rewards\":[NaN"), "is not JSON"),
      (
        lines[1].replacingOccurrences(of: "\"rewards\":[1.0", with: "\"rewards\":[null"),
        "no usable value at rewards[0]"
      ),
    ]
    for (bad, message) in cases {
      try (lines[0] + "\n" + bad + "\n").write(
        toFile: scratch("bad.jsonl"), atomically: true, encoding: .utf8)
      let command = try Command.run(["estimate", scratch("run"), "--from", scratch("bad.jsonl")])
      #expect(
        command.code == 4 && command.error.contains("line 2") && command.error.contains(message),
        "\(message): \(command.error)")
    }
    let unsaid = try object { $0["log_probabilities"] = nil }
    try (unsaid + "\n").write(toFile: scratch("bad.jsonl"), atomically: true, encoding: .utf8)
    let unsaidAnswer = try Command.run(["estimate", scratch("run"), "--from", scratch("bad.jsonl")])
    #expect(unsaidAnswer.code == 2 && unsaidAnswer.error.contains("ascent sample"))
    #expect(try Command.run(sample + [scratch("mode.jsonl"), "--deterministic"]).code == 0)
    let mode = try Command.run(["estimate", scratch("run"), "--from", scratch("mode.jsonl")])
    #expect(mode.code == 2 && mode.error.contains("--deterministic"))
    let other = try Command.run(["sample", "native:two-state", "--out", scratch("two.jsonl")])
    #expect(other.code == 0)
    let spaces = try Command.run(["estimate", scratch("run"), "--from", scratch("two.jsonl")])
    #expect(spaces.code == 4 && spaces.error.contains("of 2 numbers; the environment's have 4"))
  }
}

@Suite struct `ascent clone` {
  @Test func `fits demonstrations, and training goes on from there`() throws {
    let scratch = try Scratch()
    #expect(
      try Command.run([
        "train", "native:cartpole", "--algorithm", "reinforce", "--steps", "100000", "--quiet", "--out",
        scratch("expert"),
      ]).code == 0)
    #expect(
      try Command.run(["sample", scratch("expert"), "--episodes", "20", "--out", scratch("x.jsonl")]).code
        == 0)
    let clone = try Command.run(["clone", scratch("x.jsonl"), "--out", scratch("clone"), "--json"])
    #expect(clone.code == 0, "\(clone.error)")
    let done = try #require(clone.lines.last)
    let first = try #require(clone.lines.first?["held_out_log_likelihood"] as? Double)
    #expect(abs(first + 0.693) < 0.01, "two actions, a new policy: log ½")
    #expect(done["held_out_log_likelihood"] as? Double ?? -1 > first + 0.1)
    let again = try Command.run(["clone", scratch("x.jsonl"), "--out", scratch("again"), "--json"])
    #expect(again.lines.last?["fingerprint"] as? String == done["fingerprint"] as? String)
    let play = try Command.run(["evaluate", scratch("clone"), "--json"])
    #expect(play.lines.last?["mean_return"] as? Double ?? 0 >= 450)
    let on = try Command.run([
      "train", "native:cartpole", "--algorithm", "reinforce", "--from", scratch("clone"), "--steps", "4000",
      "--out", scratch("on"), "--json",
    ])
    #expect(on.lines.first?["mean_return"] as? Double ?? 0 > 300, "it begins where the clone ended")
    let critic = try Command.run([
      "train", "native:cartpole", "--from", scratch("clone"), "--steps", "8000", "--out", scratch("critic"),
      "--json",
    ])
    #expect(
      critic.lines.compactMap { $0["mean_return"] as? Double }.first ?? 0 > 300,
      "with a critic that it had not")
  }

  @Test func `reads Minari's data sets`() throws {
    let scratch = try Scratch()
    let made = try TestPython.interpreter().run(
      """
      import os, warnings
      os.environ["MINARI_DATASETS_PATH"] = "\(scratch("minari"))"
      warnings.simplefilter("ignore")
      import gymnasium, minari, numpy
      from minari.data_collector.episode_buffer import EpisodeBuffer
      env, buffers = gymnasium.make("CartPole-v1"), []
      for k in range(20):
          o, _ = env.reset(seed=k)
          O, A, R, terminations, truncations = [o], [], [], [], []
          while not (terminations and (terminations[-1] or truncations[-1])):
              a = int(o[2] + o[3] > 0)
              o, r, terminated, truncated, _ = env.step(a)
              for x, y in ((O, o), (A, a), (R, r), (terminations, terminated), (truncations, truncated)):
                  x.append(y)
          buffers.append(EpisodeBuffer(
              id=k, seed=k, observations=numpy.array(O), actions=numpy.array(A), rewards=R,
              terminations=terminations, truncations=truncations, infos={}))
      minari.create_dataset_from_buffers(dataset_id="cartpole/test-v0", buffer=buffers, env=env)
      result = sum(len(buffer.rewards) for buffer in buffers)
      """)
    let variables = ["MINARI_DATASETS_PATH": scratch("minari")]
    let clone = try Command.run(
      ["clone", "minari:cartpole/test-v0", "--out", scratch("clone"), "--json"], environment: variables)
    #expect(clone.code == 0, "\(clone.error)")
    let done = try #require(clone.lines.last)
    let steps = (done["steps"] as? Int ?? 0) + (done["held_out_steps"] as? Int ?? 0)
    #expect(steps == Int(made))
    // The demonstrator always does the same: it can be copied almost surely.
    #expect(done["held_out_log_likelihood"] as? Double ?? -1 > -0.15)
    let missing = try Command.run(
      ["clone", "minari:no/such-v0", "--out", scratch("x")], environment: variables)
    #expect(missing.code == 2 && missing.error.contains("minari download no/such-v0"), "\(missing.error)")
  }

  @Test func `refuses what it cannot learn from`() throws {
    let scratch = try Scratch()
    let missing = try Command.run(["clone", scratch("none.jsonl")], in: scratch.path)
    #expect(missing.code == 2 && missing.error.contains("none.jsonl"))
    try "".write(toFile: scratch("empty.jsonl"), atomically: true, encoding: .utf8)
    let empty = try Command.run(["clone", scratch("empty.jsonl")], in: scratch.path)
    #expect(empty.code == 4 && empty.error.contains("empty"))
    try "{}\n".write(toFile: scratch("bare.jsonl"), atomically: true, encoding: .utf8)
    let bare = try Command.run(["clone", scratch("bare.jsonl")], in: scratch.path)
    #expect(bare.code == 2 && bare.error.contains("--environment"))
    #expect(
      try Command.run(["sample", "native:cartpole", "--episodes", "1", "--out", scratch("one.jsonl")]).code
        == 0)
    let one = try Command.run(["clone", scratch("one.jsonl")], in: scratch.path)
    #expect(one.code == 2 && one.error.contains("at least two"))
    #expect(try scratch.names().sorted() == ["bare.jsonl", "empty.jsonl", "one.jsonl"])
  }
}
