import AscentTestSupport
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/edges.py:"

private func train(_ name: String, _ more: [String] = [], in scratch: Scratch, _ run: String = "run") throws
  -> Command
{
  try Command.run(
    ["train", fixtures + name, "--seed", "5", "--steps", "120", "--lanes", "2", "--preset", "none", "--json"]
      + ["--set", "rollout.steps=20", "--out", scratch(run)] + more)
}

private func mean(_ command: Command) -> Double? { command.lines.last?["mean_return"] as? Double }
private func bits(_ command: Command) -> String? { command.lines.last?["bits"] as? String }

@Suite struct `edges of an environment's life` {
  @Test func `np_random can be drawn from after the run`() throws {
    let scratch = try Scratch()
    let run = try train("AtExit", in: scratch)
    #expect(run.code == 0, "\(run.error)")
    #expect(run.error.ranges(of: "drawn at the end: True").count == 2, "\(run.error)")
  }

  @Test func `one object for several lanes is refused`() throws {
    let scratch = try Scratch()
    let run = try train("same", in: scratch)
    #expect(run.code == 2 && run.error.contains("returned the same environment as before"), "\(run.error)")
    let check = try Command.run(["check", fixtures + "same"])
    #expect(check.code == 2 && check.error.contains("returned the same environment as before"))
    let alone = try train("Alone", in: scratch)
    #expect(alone.code == 2 && alone.error.contains("--lanes 1"), "\(alone.error)")
  }

  @Test func `arrays become tuples where tuples are declared`() throws {
    let scratch = try Scratch()
    let run = try train(
      "Plain",
      ["--wrapper", fixtures + "Sized", "--wrapper-arg", "shape=[4, 4]", "--wrapper-arg", "size=[2]"],
      in: scratch)
    #expect(run.code == 0, "\(run.error)")
  }

  @Test func `an environment that seeds itself has its own numbers in every episode`() throws {
    let scratch = try Scratch()
    #expect(mean(try train("SeedsItself", in: scratch)) == 5)
  }

  @Test func `a copy foresees the numbers of Python's generators, too`() throws {
    let scratch = try Scratch()
    let run = try train("Looks", in: scratch)
    #expect(mean(run) == 5, "\(run.error)")
  }

  @Test func `a spawned process can be given the generator, and gets the same one in every run`() throws {
    let scratch = try Scratch()
    let runs = try ["1", "2"].map { try train("HandsOn", in: scratch, $0) }
    #expect(runs[0].code == 0, "\(runs[0].error)")
    #expect(bits(runs[0]) != nil && bits(runs[0]) == bits(runs[1]))
    #expect(mean(runs[0]) == mean(runs[1]))
  }

  @Test func `a legacy generator without a seed is noticed`() throws {
    let scratch = try Scratch()
    let unseeded = try train("Unseeded", in: scratch)
    #expect(unseeded.error.contains("takes a seed from the operating system"), "\(unseeded.error)")
    let seeded = try train("Reseeded", in: scratch, "seeded")
    #expect(seeded.code == 0 && !seeded.error.contains("operating system"), "\(seeded.error)")
  }

  @Test func `spaces of a class are each lane's own where resets seed them`() throws {
    let scratch = try Scratch()
    let runs = try ["1", "2"].map {
      try train("SeedsItsSpaces", ["--environment-rng", "episodes", "--workers", $0], in: scratch, $0)
    }
    #expect(bits(runs[0]) != nil && bits(runs[0]) == bits(runs[1]), "\(runs[0].error)")
  }

  /// In a process of its own: the tests' process has threads that use Python, among which CPython 3.11 cannot fork.
  @Test func `a forked process can draw from the generator`() throws {
    let scratch = try Scratch()
    let name = TestPython.projectFolder + "/Tests/Fixtures/hidden.py:Forks"
    let runs = try ["1", "2"].map {
      try Command.run([
        "train", name, "--steps", "120", "--lanes", "2", "--preset", "none", "--json", "--workers", $0,
        "--out",
        scratch($0),
      ])
    }
    #expect(bits(runs[0]) != nil && bits(runs[0]) == bits(runs[1]), "\(runs[0].error)")
  }

  @Test func `generators without a seed are the stream's where they are captured`() throws {
    let scratch = try Scratch()
    let runs = try ["1", "2"].map {
      try train("Tosses", ["--capture-rng", "--workers", $0], in: scratch, $0)
    }
    #expect(bits(runs[0]) != nil && bits(runs[0]) == bits(runs[1]), "\(runs[0].error)")
    let check = try Command.run(["check", fixtures + "Alone", "--lanes", "1", "--steps", "100"])
    #expect(!check.error.contains("Traceback"), "\(check.error)")
    #expect(check.out.contains("not tried: --lanes 1"), "\(check.out)")
  }

  @Test func `a finalizer that hangs is given up`() throws {
    let scratch = try Scratch()
    let run = try train("HangsInDel", ["--patience", "2"], in: scratch)
    #expect(run.code == 0, "\(run.error)")
    #expect(run.error.contains("--patience allows"), "\(run.error)")
  }
}
