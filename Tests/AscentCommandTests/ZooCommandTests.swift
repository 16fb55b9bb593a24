import AscentTestSupport
import Foundation
import Testing

@Suite("Settings from elsewhere: --zoo and --dry-run")
struct ZooCommandTests {
  private static let folder = TestPython.projectFolder + "/Tests/Fixtures/zoo"

  /// An entry of the files: `NAME of ENV`, with ` !` and a comment if a key cannot be expressed.
  struct Entry: Sendable, CustomTestStringConvertible {
    var file: String
    var name: String
    var refusedKey: String?

    var environment: String {
      (name.components(separatedBy: " of ").last ?? name).replacingOccurrences(of: " !", with: "")
    }
    var testDescription: String { "\(file): \(name)" }

    static func all(_ file: String) throws -> [Entry] {
      let text = try String(contentsOfFile: "\(ZooCommandTests.folder)/\(file)", encoding: .utf8)
      return text.split(separator: "\n").compactMap { line in
        guard line.first?.isLetter == true, !line.hasPrefix("default"),
          let found = line.firstMatch(of: /^(.+?):(?: &\w+)?(?: # (.+))?$/)
        else { return nil }
        let name = String(found.1)
        return Entry(file: file, name: name, refusedKey: name.hasSuffix("!") ? found.2.map(String.init) : nil)
      }
    }
  }

  @Test(
    "Every entry makes an iteration, or names the key that it cannot express",
    arguments: ["ppo.yml", "a2c.yml", "trpo.yml", "ppo_lstm.yml"])
  func entries(file: String) throws {
    let entries = try Entry.all(file)
    #expect(entries.count >= 3)
    for entry in entries {
      let scratch = try Scratch()
      let done = try Command.run([
        "train", entry.environment, "--zoo", "\(Self.folder)/\(file):\(entry.name)", "--steps", "300",
        "--out",
        scratch("run"), "--quiet", "--json",
      ])
      if let key = entry.refusedKey {
        #expect(done.code == 2, "\(entry.testDescription)")
        #expect(done.error.contains(": \(key) of the entry"), "\(done.error)")
        #expect(!FileManager.default.fileExists(atPath: scratch("run")))
      } else {
        #expect(done.code == 0, "\(entry.testDescription): \(done.error)")
        #expect(done.lines.last?["steps"] as? Int == 300)
        #expect(try scratch.text("run/metrics.csv").split(separator: "\n").count >= 2)
      }
    }
    #expect(!FileManager.default.fileExists(atPath: "/tmp/called"))
  }

  @Test("An environment without an entry gets the default, or is told the nearest")
  func missing() throws {
    let fallback = try Command.run([
      "train", "Acrobot-v1", "--zoo", "\(Self.folder)/trpo.yml", "--dry-run", "--json",
    ])
    #expect(fallback.code == 0)
    let nearest = try Command.run(["train", "Pendulum-v2", "--zoo", "\(Self.folder)/ppo.yml", "--dry-run"])
    #expect(nearest.code == 2)
    #expect(nearest.error.contains("--zoo \(Self.folder)/ppo.yml:Pendulum-v1"), "\(nearest.error)")
    let both = try Command.run([
      "train", "Pendulum-v1", "--zoo", "\(Self.folder)/ppo.yml", "--preset", "none", "--dry-run",
    ])
    #expect(both.code == 2)
    #expect(both.error.contains("omit --preset"))
    let gone = try Command.run(["train", "Pendulum-v1", "--zoo", "/nowhere/ppo.yml", "--dry-run"])
    #expect(gone.code == 2)
    let other = try Command.run([
      "train", "CartPole-v1", "--zoo", "\(Self.folder)/ppo.yml", "--algorithm", "a2c", "--dry-run",
    ])
    #expect(other.error.contains("has settings of ppo, not of a2c"), "\(other.error)")
  }

  @Test("A dry run says where each setting came from, writes nothing, and can be given to --config")
  func origins() throws {
    let scratch = try Scratch()
    try Data("[algorithm]\ngamma = 0.9\n".utf8).write(to: URL(fileURLWithPath: scratch("own.toml")))
    let options = [
      "native:cartpole", "--config", scratch("own.toml"), "--seed", "7", "--lanes", "2", "--set",
      "algorithm.epochs=3", "--steps", "600",
    ]
    let dry = try Command.run(["train"] + options + ["--dry-run", "--json"], in: scratch.path)
    #expect(dry.code == 0)
    #expect(try scratch.names() == ["own.toml"])
    let origins = Dictionary(
      uniqueKeysWithValues: dry.lines.compactMap { line -> (String, String)? in
        guard let key = line["key"] as? String, let origin = line["origin"] as? String else { return nil }
        return (key, origin)
      })
    #expect(origins["environment.id"] == "ENV")
    #expect(origins["algorithm.gamma"] == "file \(scratch("own.toml"))")
    #expect(origins["run.seed"] == "--seed")
    #expect(origins["run.lanes"] == "--lanes")
    #expect(origins["algorithm.epochs"] == "--set")
    #expect(origins["run.steps"] == "--steps")
    #expect(origins["algorithm.lambda"] == "default")
    #expect(dry.lines.last?["event"] as? String == "dry-run")

    let toml = try Command.run(["train"] + options + ["--dry-run"])
    try Data(toml.out.utf8).write(to: URL(fileURLWithPath: scratch("dry.toml")))
    let first = try Command.run(["train"] + options + ["--out", scratch("a"), "--json", "--quiet"])
    let second = try Command.run([
      "train", "native:cartpole", "--config", scratch("dry.toml"), "--out", scratch("b"), "--json", "--quiet",
    ])
    #expect(first.lines.last?["bits"] as? String == second.lines.last?["bits"] as? String)
    #expect(first.lines.last?["bits"] != nil)
  }

  @Test("The preset of an environment, the algorithm and a resumed run are origins, too")
  func presets() throws {
    let scratch = try Scratch()
    let preset = try Command.run(["train", "CartPole-v1", "--dry-run"])
    #expect(preset.out.contains(/gamma = 0.98 +# preset CartPole-v1/))
    #expect(preset.out.contains(/name = "ppo" +# default/))
    let algorithm = try Command.run(["train", "native:bandit", "--algorithm", "trpo", "--dry-run"])
    #expect(algorithm.out.contains(/update = "trust-region" +# --algorithm/))
    _ = try Command.run(["train", "native:bandit", "--steps", "100", "--out", scratch("run"), "--quiet"])
    let resumed = try Command.run([
      "train", "--out", scratch("run"), "--resume", "--steps", "200", "--dry-run",
    ])
    #expect(resumed.out.contains(/steps = 200 +# --steps/), "\(resumed.out) \(resumed.error)")
    #expect(resumed.out.contains("# run \(scratch("run"))"))
    let wrong = try Command.run(["train", "native:bandit", "--set", "algorithm.gamma=2", "--dry-run"])
    #expect(wrong.code == 2)
    let contradiction = try Command.run([
      "train", "native:bandit", "--set", "algorithm.estimator=total-return", "--set",
      "algorithm.baseline=none", "--set", "algorithm.update=trust-region", "--dry-run",
    ])
    let run = try Command.run([
      "train", "native:bandit", "--set", "algorithm.estimator=total-return", "--set",
      "algorithm.baseline=none", "--set", "algorithm.update=trust-region", "--steps", "10", "--out",
      scratch("no"),
    ])
    #expect(contradiction.code == run.code)
  }
}
