import Foundation
import Testing

@Suite struct CompareTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    for (name, rate) in [("a", "0.003"), ("b", "1e-6")] {
      try """
      run = { steps = 3000 }
      algorithm = { rate = \(rate) }
      policy = { hidden = [16] }
      """.write(toFile: scratch("\(name).toml"), atomically: true, encoding: .utf8)
    }
  }

  func ascent(_ arguments: String...) throws -> Command { try Command.run(arguments, in: scratch.path) }

  @Test func `seeds are added until the answer is known, the same ones for any number of jobs`() throws {
    let start = [
      "compare", "a.toml", "b.toml", "--environment", "native:cartpole", "--episodes", "10",
      "--until-decided", "--json", "--quiet",
    ]
    let one = try Command.run(
      start + ["--out", "one", "--jobs", "1", "--most-seeds", "30"], in: scratch.path)
    let four = try Command.run(
      start + ["--out", "four", "--jobs", "4", "--most-seeds", "30"], in: scratch.path)
    let line = try #require(one.lines.last)
    #expect(one.code == 0 && line["answer"] as? String == "a", "\(one.error)")
    let count = try #require(line["seeds"] as? Int)
    #expect(count >= 10 && count < 30)
    #expect(line["paired"] as? Bool == true)
    #expect(four.lines.last?["seeds"] as? Int == count)
    #expect(four.lines.last?["difference"] as? Double == line["difference"] as? Double)
    let interval = try #require(line["confidence_sequence"] as? [Double])
    #expect(interval[0] > 0)
    // Folders of seeds, which are there, are compared without training, and nothing is written.
    let before = try scratch.names()
    let folders = try ascent("compare", "one/A", "one/B", "--episodes", "10", "--json", "--quiet")
    #expect(folders.lines.last?["difference"] as? Double == line["difference"] as? Double)
    #expect(try scratch.names() == before)
    let column = try ascent("compare", "one/A", "one/B", "--metric", "entropy", "--json")
    #expect(column.code == 0 && column.lines.last?["metric"] as? String == "entropy")
    // A folder beside a file takes the folder's seeds.
    let mixed = try ascent(
      "compare", "one/A", "b.toml", "--seeds", "3", "--environment", "native:cartpole", "--json", "--quiet")
    #expect(mixed.lines.last?["seeds"] as? Int == 3, "\(mixed.error)")
  }

  @Test func `a setting beside itself has no difference`() throws {
    let result = try ascent(
      "compare", "a.toml", "a.toml", "--environment", "native:cartpole", "--seeds", "3", "--episodes", "5",
      "--out", "same", "--json",
      "--quiet")
    let line = try #require(result.lines.last)
    #expect(line["difference"] as? Double == 0 && line["answer"] as? String == "undecided")
    #expect(line["probability_of_improvement"] as? Double == 0.5)
  }

  @Test func `a result is not that of another evaluation or of an edited file`() throws {
    func compare(_ more: String...) throws -> Command {
      let start = ["compare", "a.toml", "b.toml", "--environment", "native:cartpole", "--seeds", "1"]
      return try Command.run(start + ["--out", "out", "--json", "--quiet"] + more, in: scratch.path)
    }
    func trials(_ command: Command) -> Int { command.lines.count { $0["event"] as? String == "trial" } }
    let one = try compare("--episodes", "1")
    #expect(one.code == 0 && trials(one) == 2, "\(one.error)")
    #expect(one.lines.last?["probability_of_improvement_interval"] is NSNull)
    let again = try compare("--episodes", "1", "--resume")
    #expect(again.code == 0 && trials(again) == 0, "\(again.error)")
    let more = try compare("--episodes", "5", "--resume")
    #expect(more.code == 0 && trials(more) == 2, "\(more.error)")
    try scratch.text("b.toml").replacing("1e-6", with: "1e-5").write(
      toFile: scratch("b.toml"), atomically: true, encoding: .utf8)
    let edited = try compare("--episodes", "5", "--resume")
    #expect(edited.code == 2)
    #expect(edited.error.contains("b.toml has changed since B/seed-1 was trained in out"), "\(edited.error)")
    // A run without a result, as after a power cut, is not taken for one of the edited file, either.
    try FileManager.default.removeItem(atPath: scratch("out/results/B-seed-1.json"))
    let cut = try compare("--episodes", "5", "--resume")
    #expect(cut.code == 2 && cut.error.contains("algorithm.rate"), "\(cut.error)")
  }

  @Test func `what cannot be compared is refused in one sentence`() throws {
    for (arguments, sentence) in [
      (["a.toml", "b.toml"], "name it with --environment"),
      (["nothing", "b.toml", "--environment", "native:cartpole"], "nothing is neither a run"),
      (
        ["a.toml", "b.toml", "--environment", "native:cartpole", "--metric", "mean_retrn"],
        "the nearest is 'mean_return'"
      ),
      (
        ["a.toml", "b.toml", "--environment", "native:cartpole", "--metric", "seconds"],
        "seconds depend on the machine"
      ),
      (["a.toml", "c.toml", "--environment", "native:cartpole"], "cannot read c.toml"),
    ] {
      let result = try Command.run(["compare"] + arguments, in: scratch.path)
      #expect(result.code == 2 && result.error.contains(sentence), "\(result.error)")
      #expect(result.error.split(separator: "\n").count == 1)
    }
    // A wrong use of options ends with the usage, too.
    let result = try Command.run(
      ["compare", "a.toml", "b.toml", "--environment", "native:cartpole", "--most-seeds", "3"],
      in: scratch.path)
    #expect(result.code == 2 && result.error.contains("the end of --until-decided"), "\(result.error)")
    #expect(try scratch.names() == ["a.toml", "b.toml"])
  }

  @Test func `a tuning writes a file that trains, is honest, and is not repeated`() throws {
    let start = [
      "tune", "native:cartpole", "--steps", "900", "--budget", "15300", "--out", "t.toml", "--seed", "2",
      "--json", "--quiet",
    ]
    let result = try Command.run(start, in: scratch.path)
    #expect(result.code == 0, "\(result.error)")
    let line = try #require(result.lines.last)
    let (own, standard) = (
      line["mean_return"] as? Double, try #require(line["default_mean_return"] as? Double)
    )
    let isHigher = own.map { $0 > standard } ?? false
    #expect(line["higher"] as? Bool == isHigher && line["seeds"] as? Int == 7)
    let verdict = line["verdict"] as? String
    #expect(own == nil ? verdict == nil : ["better", "worse", "undecided"].contains(verdict))
    if verdict == "better" { #expect(isHigher) }
    let text = try scratch.text("t.toml")
    #expect(text.contains("rate = "))
    let refused = try Command.run(start, in: scratch.path)
    #expect(refused.code == 2 && refused.error.contains("choose another --runs"))
    let again = try Command.run(start + ["--resume"], in: scratch.path)
    #expect(again.lines.count { $0["event"] as? String == "trial" } == 0)
    #expect(try scratch.text("t.toml") == text)
    for (option, value, then) in [("--steps", "800", "900"), ("--budget", "20m", "15300")] {
      let other = try Command.run(start + ["--resume", option, value], in: scratch.path)
      #expect(other.code == 2 && other.error.contains("was planned with \(option) \(then)"), "\(other.error)")
    }
    // The file makes the winner's run of a fresh seed again.
    let trained = try ascent(
      "train", "native:cartpole", "--config", "t.toml", "--seed", "103", "--out", "again", "--json", "--quiet"
    )
    let names = try scratch.names("tunings/t").filter { $0.hasPrefix("fresh-") }
    let bits = try names.map { try scratch.text("tunings/t/\($0)/seed-103/run.toml") }
    let made = try #require(trained.lines.last?["bits"] as? String)
    #expect(bits.contains { $0.contains(made) })
  }
}
