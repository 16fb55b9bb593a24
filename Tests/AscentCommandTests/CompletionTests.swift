import AscentTestSupport
import Foundation
import Testing

/// What shells ask for when a user presses Tab; Tests/Installation does so in real ones.
@Suite struct `completions` {
  /// Asks for the word that follows the others.
  private func offered(
    _ words: [String], for argument: String, of command: String, shell: String = "bash",
    in folder: String? = nil
  ) throws -> [String] {
    let line = ["ascent"] + words
    let asked = try Command.run(
      ["---completion", command, "--", argument, String(line.count - 1), String(line.last?.count ?? 0)]
        + line,
      in: folder, environment: ["SAP_SHELL": shell, "PATH": "/nowhere"])
    #expect(asked.code == 0 && asked.error.isEmpty, "\(asked.error)")
    return asked.out.split(separator: "\n").map(String.init)
  }

  @Test func `every setting is offered behind --set, with an equals sign`() throws {
    let found = try offered(["train", "X", "--set", ""], for: "--set", of: "train")
    let keys = try Command.run(["help", "settings", "--json"]).lines.compactMap { $0["key"] as? String }
    #expect(keys.count > 50 && found == keys.map { "\($0)=" })
  }

  @Test func `a setting with names or flags offers its values, another one none`() throws {
    func values(_ word: String) throws -> [String] {
      try offered(["train", "X", "--set", word], for: "--set", of: "train")
    }
    #expect(
      try values("normalize.observations=")
        == ["none", "boxes", "all"].map { "normalize.observations=\($0)" })
    #expect(try values("algorithm.optimizer=ad").contains("algorithm.optimizer=adam"))
    #expect(try values("algorithm.optimizer=ad").allSatisfy { $0.hasPrefix("algorithm.optimizer=ad") })
    #expect(try values("algorithm.rate=").isEmpty)
  }

  @Test func `environments are native ones, those with presets, and files and folders`() throws {
    let scratch = try Scratch()
    try "".write(toFile: scratch("own.py"), atomically: true, encoding: .utf8)
    try "".write(toFile: scratch("notes.txt"), atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(atPath: scratch("runs"), withIntermediateDirectories: true)
    let found = try offered(["train", ""], for: "positional@0", of: "train", in: scratch.path)
    for name in ["cartpole", "tiger", "two-state"] { #expect(found.contains("native:\(name)")) }
    #expect(found.contains("CartPole-v1") && found.contains("own.py") && found.contains("runs/"))
    #expect(!found.contains("notes.txt") && !found.contains { $0.contains("hide=") })
    let presets = try offered(["train", "X", "--preset", ""], for: "--preset", of: "train")
    #expect(presets.contains("CartPole-v1 hide=1,3") && presets.contains("native:tiger"))
    #expect(Set(found).count == found.count)
  }

  @Test func `zsh gets descriptions, and colons that are part of a name are escaped`() throws {
    let found = try offered(["train", "native:ti"], for: "positional@0", of: "train", shell: "zsh")
    #expect(found.first?.hasPrefix("native\\:tiger:a tiger behind one of two doors") == true, "\(found)")
  }

  @Test func `estimators of a list are completed one by one, baselines behind a plus`() throws {
    func last(_ word: String) throws -> [String] {
      try offered(["gradient", "--estimators", word], for: "--estimators", of: "gradient")
    }
    #expect(try last("total-return,reward-to-go+leave") == ["total-return,reward-to-go+leave-one-out"])
    #expect(try last("total-return,total").contains("total-return,total-return"))
  }

  @Test func `every option that takes one of some names offers them`() throws {
    let help = try Command.run(["--experimental-dump-help"])
    let root = try #require(
      (try JSONSerialization.jsonObject(with: Data(help.out.utf8)) as? [String: Any])?["command"]
        as? [String: Any])
    let commands = try #require(root["subcommands"] as? [[String: Any]])
    let train = try #require(commands.first { $0["commandName"] as? String == "train" })
    for argument in try #require(train["arguments"] as? [[String: Any]]) {
      let name = (argument["preferredName"] as? [String: Any])?["name"] as? String ?? "env"
      let named = [
        "env", "algorithm", "preset", "on-fault", "set", "emission", "environment-rng", "preset-wrappers",
        "from",
        "out", "config", "python", "workers", "zoo",
      ]
      #expect(named.contains(name) == (argument["completionKind"] != nil), "--\(name)")
    }
  }
}
