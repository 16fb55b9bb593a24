import Foundation
import Glibc
import Testing

@Suite struct SweepTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try """
    environment = "native:cartpole"
    algorithms = ["ppo", "a2c"]
    seeds = 2
    steps = 1500
    goal = 100
    [evaluation]
    episodes = 5
    [settings]
    policy.hidden = [16]
    [grid]
    algorithm.rate = [0.001, 0.01]
    """.write(toFile: scratch("s.toml"), atomically: true, encoding: .utf8)
  }

  func ascent(_ arguments: String..., whileRunning: (Process) throws -> Void = { _ in }) throws -> Command {
    try Command.run(arguments, in: scratch.path, whileRunning: whileRunning)
  }

  /// The cells of sweep.csv without the folder.
  func rows(_ out: String) throws -> [[String]] {
    try scratch.text("\(out)/sweep.csv").split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map {
        String($0).replacing("\(out)/", with: "")
      }
    }
  }

  @Test
  func `a trial has the bits of its train line, whatever the number of jobs, and best.toml makes them again`()
    throws
  {
    let one = try ascent("sweep", "s.toml", "--out", "one", "--jobs", "1", "--json")
    #expect(one.code == 0, "\(one.error)")
    let two = try ascent("sweep", "s.toml", "--out", "two", "--jobs", "3", "--workers", "2", "--quiet")
    #expect(two.code == 0, "\(two.error)")
    let table = try rows("one")
    #expect(try rows("two") == table && table.count == 9)
    let lines = try ascent("sweep", "s.toml", "--out", "one", "--dry-run").out.split(separator: "\n")
    #expect(lines.count == 8)
    let third = lines[3].split(separator: " ").dropFirst().map(String.init)
    let line = Array(third.prefix { $0 != "--out" }) + ["--out", "by-hand"]
    let trained = try Command.run(line + ["--json", "--quiet"], in: scratch.path)
    let row = try #require(table.first { $0[0] == "ppo-2" && $0[2] == "2" })
    #expect(trained.lines.last?["bits"] as? String == row.last)
    let best = try #require(one.lines.last?["best"] as? String)
    let again = try ascent(
      "train", "native:cartpole", "--config", "one/best.toml", "--seed", "1", "--out", "again", "--json",
      "--quiet")
    #expect(again.lines.last?["bits"] as? String == table.first { $0[0] == best && $0[2] == "1" }?.last)
    #expect(one.lines.filter { $0["event"] as? String == "trial" }.count == 8)
  }

  @Test func `a killed sweep leaves no process, and goes on without repeating what is done`() throws {
    let whole = try ascent("sweep", "s.toml", "--out", "whole", "--quiet")
    #expect(whole.code == 0)
    _ = try ascent("sweep", "s.toml", "--out", "cut", "--jobs", "2", "--quiet") { process in
      while process.isRunning, ((try? scratch.names("cut/results")) ?? []).count < 3 { usleep(5000) }
      let (children, areGone) = try Command.kill(process, atWork: true)
      #expect(children > 0 && areGone)
    }
    let done = try scratch.names("cut/results")
    #expect(done.count >= 3 && done.count < 8)
    let times = try done.map {
      try FileManager.default.attributesOfItem(atPath: scratch("cut/results/\($0)"))[.modificationDate]
        as? Date
    }
    let refused = try ascent("sweep", "s.toml", "--out", "cut")
    #expect(refused.code == 2 && refused.error.contains("--resume"))
    #expect(try ascent("sweep", "s.toml", "--out", "cut", "--resume", "--quiet").code == 0)
    #expect(try rows("cut") == rows("whole"))
    #expect(
      try done.map {
        try FileManager.default.attributesOfItem(atPath: scratch("cut/results/\($0)"))[.modificationDate]
          as? Date
      } == times)
  }

  @Test func `Ctrl-C stops the trials with checkpoints, and the sweep goes on from them`() throws {
    let text = try scratch.text("s.toml").replacing("1500", with: "60000")
    try text.write(toFile: scratch("s.toml"), atomically: true, encoding: .utf8)
    let stopped = try ascent("sweep", "s.toml", "--out", "out", "--jobs", "2") { process in
      scratch.await(rows: 3, of: "out/ppo-1/seed-1", madeBy: process)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(stopped.code == 130, "\(stopped.error)")
    #expect(stopped.out.contains("to continue: ascent sweep s.toml --out out --resume"))
    #expect(try scratch.names("out/ppo-1/seed-1/checkpoints").isEmpty == false)
    #expect(try scratch.text("out/sweep.json").contains(#""complete":false"#))
  }

  @Test func `a trial that fails is told with its exit code, and does not end the others`() throws {
    try """
    environment = "native:cartpole"
    seeds = 1
    steps = 1000
    [evaluation]
    episodes = 2
    [grid]
    policy.from = ["", "nowhere"]
    """.write(toFile: scratch("f.toml"), atomically: true, encoding: .utf8)
    let result = try ascent("sweep", "f.toml", "--out", "out", "--json")
    #expect(result.code == 2)
    #expect(result.error.contains("ppo-2/seed-1 ended with exit code 2: ascent: "))
    let done = try #require(result.lines.last)
    #expect(done["failed"] as? Int == 1 && done["best"] as? String == "ppo-1")
    let file = try #require(
      try JSONSerialization.jsonObject(with: Data(scratch.text("out/sweep.json").utf8)) as? [String: Any])
    let failed = try #require((file["failed"] as? [[String: Any]])?.first)
    #expect(failed["exit_code"] as? Int == 2 && failed["trial"] as? String == "ppo-2/seed-1")
    #expect((failed["last_line"] as? String)?.contains("nowhere") == true)
    // One seed says nothing about others.
    let settings = try #require((file["settings"] as? [[String: Any]])?.first)
    #expect(settings["mean"] is Double && settings["mean_interval"] is NSNull)
    #expect(settings["interquartile_mean_interval"] is NSNull)
    #expect(try !scratch.text("out/best.toml").contains("interval"))
    #expect(try !ascent("sweep", "f.toml", "--out", "out", "--resume").out.contains("95 %"))
  }

  /// The bits of a trial are those of its line, so what was trained with another file of the environment is trained anew.
  @Test func `a trial begins anew with a mended environment, and what is mixed is told`() throws {
    func write(_ reward: String) throws {
      try """
      import gymnasium, numpy
      class Own(gymnasium.Env):
          observation_space = gymnasium.spaces.Box(-1, 1, (1,), numpy.float32)
          action_space = gymnasium.spaces.Discrete(2)
          count = 0
          def reset(self, *, seed=None, options=None):
              super().reset(seed=seed)
              self.count = 0
              return numpy.zeros(1, numpy.float32), {}
          def step(self, action):
              self.count += 1
              return numpy.zeros(1, numpy.float32), \(reward), self.count == 5, False, {}
      """.write(toFile: scratch("own.py"), atomically: true, encoding: .utf8)
    }
    func plan(_ seeds: Int) throws {
      try "environment = \"own.py:Own\"\nseeds = \(seeds)\nsteps = 512\n[settings]\nrollout.steps = 32".write(
        toFile: scratch("own.toml"), atomically: true, encoding: .utf8)
    }
    try plan(1)
    try write("1 / 0")
    #expect(try ascent("sweep", "own.toml", "--out", "own", "--trust").code == 3)
    try write("1.0")
    let mended = try ascent("sweep", "own.toml", "--out", "own", "--trust", "--resume")
    #expect(mended.code == 0 && mended.out.contains("5.0"), "\(mended.out) \(mended.error)")
    let line = try ascent(
      "train", "own.py:Own", "--steps", "512", "--seed", "1", "--set", "rollout.steps=32",
      "--algorithm", "ppo", "--trust", "--json", "--out", "alone")
    let bits = try #require(line.lines.last?["bits"] as? String)
    #expect(try scratch.text("own/sweep.csv").contains(bits))
    try plan(2)
    try write("2.0")
    let mixed = try ascent("sweep", "own.toml", "--out", "own", "--trust", "--resume")
    #expect(mixed.code == 0 && mixed.error.contains("made_with.environment_file"), "\(mixed.error)")
  }

  @Test func `a sweep does not go on with an edited file of settings`() throws {
    func write(_ rate: Double) throws {
      try "algorithm = { rate = \(rate) }".write(toFile: scratch("c.toml"), atomically: true, encoding: .utf8)
    }
    try "environment = \"native:cartpole\"\nseeds = 1\nsteps = 500\nconfig = \"c.toml\"".write(
      toFile: scratch("c-sweep.toml"), atomically: true, encoding: .utf8)
    try write(0.01)
    #expect(try ascent("sweep", "c-sweep.toml", "--out", "out", "--quiet").code == 0)
    try write(0.02)
    let edited = try ascent("sweep", "c-sweep.toml", "--out", "out", "--resume")
    #expect(
      edited.code == 2 && edited.error.contains("c.toml has changed since ppo/seed-1"), "\(edited.error)")
    try write(0.01)
    #expect(try ascent("sweep", "c-sweep.toml", "--out", "out", "--resume", "--quiet").code == 0)
  }

  @Test func `a folder of another sweep is refused, and nothing is left of a refused one`() throws {
    #expect(try ascent("sweep", "s.toml", "--out", "out", "--quiet").code == 0)
    let text = try scratch.text("s.toml")
    try text.replacing("1500", with: "1600").write(
      toFile: scratch("s.toml"), atomically: true, encoding: .utf8)
    let other = try ascent("sweep", "s.toml", "--out", "out", "--resume")
    #expect(other.code == 2 && other.error.contains("has another sweep"))
    try text.replacing("seeds = 2", with: "seeds = 3").write(
      toFile: scratch("s.toml"), atomically: true, encoding: .utf8)
    #expect(try ascent("sweep", "s.toml", "--out", "out", "--resume", "--quiet").code == 0)
    #expect(try rows("out").count == 13)
    try "environment = \"native:cartpole\"\nseedz = 1".write(
      toFile: scratch("w.toml"), atomically: true, encoding: .utf8)
    let wrong = try ascent("sweep", "w.toml", "--out", "wrong")
    #expect(
      wrong.code == 2 && wrong.error == "ascent: w.toml: there is no key 'seedz'; the nearest is 'seeds'\n")
    #expect(!FileManager.default.fileExists(atPath: scratch("wrong")))
    #expect(try ascent("sweep", "s.toml", "--out", "/proc/nothing").code == 2)
  }

  @Test func `a narrow terminal gets a narrow table`() throws {
    let terminal = try #require(Pseudoterminal(columns: 40))
    let result = try Command.run(["sweep", "s.toml", "--out", "out"], in: scratch.path, terminal: terminal)
    #expect(result.code == 0)
    for line in result.error.split(whereSeparator: { ["\r", "\n", "\r\n"].contains($0) }) {
      #expect(line.replacing("\u{1B}[K", with: "").count < 40, "\(line)")
    }
  }
}
