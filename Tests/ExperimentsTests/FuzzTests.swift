import AscentEnvironments
import AscentPolicyGradients
import AscentRandomness
import AscentTestSupport
import Foundation
import Testing

@testable import AscentExperiments

/// Texts and files with random damage: whatever is in them, the answer is a value or an ``ExperimentError``, never a trap.
///
/// The mutator is ours, its seed is fixed and its budget bounded, so a failure comes again.
@Suite struct `A parser survives hostile input:` {
  private func count(_ trials: Int, of bytes: [UInt8], _ parse: ([UInt8]) throws -> Void) throws -> Int {
    var refused = 0
    for number in 0..<trials {
      do {
        try parse(try Mutator(number).damaged(bytes))
      } catch is ExperimentError {
        refused += 1
      }
    }
    return refused
  }

  @Test func `arrays`() throws {
    let file = Safetensors(
      tensors: [
        Safetensors.Tensor("weights", [1.5, -2, .pi, 0], shape: [2, 2]),
        Safetensors.Tensor("n", integers: [1, -7]),
      ], metadata: ["format": "test"])
    #expect(try count(2000, of: file.encoded) { _ = try Safetensors($0, file: "x") } == 2000)
    #expect(
      try count(20_000, of: file.encoded) { _ = try Safetensors($0, file: "x", isOurs: false) } > 10_000)
  }

  /// The sum is put right after the damage, so that what lies behind it is reached.
  @Test func `checkpoints`() throws {
    var configuration = Configuration(environment: "native:cartpole")
    try configuration.set("rollout.steps", typed: "8")
    let host = Host()
    var run = try OpenedRun(configuration, host: host)
    _ = try run.learner.iterate(budget: 1000)
    let lanes = run.environment.lanes
    let whole = Checkpoint(state: run.learner.state, episodesBegun: lanes.episodesBegun)
    let content = try Safetensors(whole.file(settings: "s").encoded, file: "x")
    let beginning = run.learner.state
    func read(_ tensors: [Safetensors.Tensor]) throws -> Checkpoint {
      try Checkpoint(
        Safetensors(tensors: tensors, metadata: content.metadata).encoded, file: "x", settings: ("s", false),
        like: beginning, lanes: lanes)
    }
    #expect(try read(content.tensors).episodesBegun == lanes.episodesBegun)
    var refused = 0
    for k in content.tensors.indices {
      for number in 0..<10 {
        var tensors = content.tensors
        let element = tensors[k].element.size
        tensors[k].bytes = try Mutator(1000 * k + number).damaged(tensors[k].bytes)
        tensors[k].bytes.removeLast(tensors[k].bytes.count % element)
        tensors[k].shape = [tensors[k].bytes.count / element]
        if number == 0 { tensors.remove(at: k) }
        do {
          let checkpoint = try read(tensors)
          // Whatever is believed can be gone on from, or be refused.
          var other = try OpenedRun(configuration, host: host)
          try other.restore(checkpoint)
        } catch is ExperimentError {
          refused += 1
        }
      }
    }
    #expect(refused > content.tensors.count)
  }

  @Test func `configurations`() throws {
    var configuration = Configuration(environment: "CartPole-v1")
    try configuration.set("policy.hidden", typed: "5,6")
    let text = Array(configuration.toml(records: [("versions", [("ascent", "x")])]).utf8)
    let refused = try count(4000, of: text) {
      _ = try Configuration.reading(
        String(decoding: $0, as: UTF8.self), file: "x", over: Configuration(environment: "e"))
      _ = try? Configuration.records(in: String(decoding: $0, as: UTF8.self), file: "x")
    }
    #expect(refused > 1000)
  }

  /// Python's tomllib reads the same damaged texts: nothing is read here that it refuses, and what both read is the same.
  @Test func `TOML, as Python reads it`() throws {
    let text = """
      # a comment
      format = "1"
      [run]
      seed = "7" # a text
      steps = 1_000_000
      rates = [1, 2,\n 3, # more\n]
      "odd key".x = 'literal \\ text'
      [algorithm."CartPole-v1"]
      rate = 7.77e-5
      run = { steps = 20_000, lanes = 1, deep = { a = true, b = 0x1F } }
      long = \"\"\"\nline \\\n   \\u00e9 \"quoted\"\"\"\"
      names = ["a", 'b']
      infinite = [ ]
      mixed = [1.5, [true, "b"], { c = [2], d = {} }]
      last = -inf
      """
    let damaged = try (0..<6000).map {
      String(decoding: try Mutator($0).damaged(Array(text.utf8)), as: UTF8.self)
    }
    let twice = [
      "a = 1\na.b = 2", "a.b = 1\n[a]", "[a]\n[a]", "[a.b]\n[a]\nb.c = 1", "a = {b = 1}\na.c = 2",
      "a = {b = 1}\n[a]",
      "a = {b = 1}\n[a.c]", "[a]\nb = 1\n[a.b]", "a = 1_e5", "a = 1__0", "a = \"\"\"x\"\"\"\"\"\"", "a = 01",
      "a = 1.", "a = {}\na.b = 1",
    ]
    for text in twice { #expect(throws: TOMLReader.Fault.self, "\(text)") { try TOMLReader.read(text) } }
    let texts =
      damaged + twice + [
        "[a.b]\nc = 1\n[a]\nd = 2", "a.b = 1\na.c = 2", "a = {b.c = 1, b.d = 2}", "[a]\nb.c = 1\nb.d = 2",
      ]
    let ours = texts.map { text in
      (try? TOMLReader.read(text))?.filter { $0.value != .table(NamedValues()) }.map {
        // Texts may have zeros; here they stand between answers.
        ($0.path.joined(separator: "\u{3}") + "\u{4}" + Self.plain($0.value)).replacing("\0", with: "␀")
      }.sorted()
    }
    let theirs = try Self.tomllib(texts)
    #expect(try TOMLReader.read(text).count == 15 && theirs.count == texts.count)
    #expect(ours.count { $0 != nil } > 400, "damage leaves too little that is TOML")
    for (k, (a, b)) in zip(ours, theirs).enumerated() {
      guard let a else { continue }
      #expect(a == b, "text \(k): \(texts[k])")
    }
  }

  /// A value as the program below spells it: numbers by their bits.
  private static func plain(_ value: SettingValue) -> String {
    switch value {
    case .number(let x): x.isNaN ? "nan" : "bits \(x.bitPattern)"
    case .array(let values): values.map(plain).joined(separator: ",")
    case .table(let table):
      "{" + table.entries.map { "\($0.name)=\(plain($0.value))" }.joined(separator: ";") + "}"
    default: value.typed
    }
  }

  /// What tomllib makes of texts: paths and values, sorted, or nil where it refuses.
  private static func tomllib(_ texts: [String]) throws -> [[String]?] {
    let program = """
      import struct, sys, tomllib
      def plain(v):
          if isinstance(v, list): return ",".join(map(plain, v))
          if isinstance(v, dict): return "{" + ";".join(k + "=" + plain(x) for k, x in v.items()) + "}"
          if isinstance(v, bool): return "true" if v else "false"
          if isinstance(v, float): return "nan" if v != v else "bits %d" % struct.unpack("<Q", struct.pack("<d", v))
          return str(v)
      def leaves(table, path):
          for key, value in table.items():
              if isinstance(value, dict): yield from leaves(value, path + [key])
              else: yield chr(3).join(path + [key]) + chr(4) + plain(value)
      zero = lambda text: text.replace(chr(0), "␀")
      def read(text):
          try: return chr(2).join(leaves(tomllib.loads(text.decode()), []))
          except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, ValueError): return chr(1)
      texts = sys.stdin.buffer.read().split(bytes(1))
      sys.stdout.buffer.write(bytes(1).join(zero(read(text)).encode() for text in texts))
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", program]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    let joined = Data(texts.map { $0.replacing("\0", with: "\u{1}") }.joined(separator: "\0").utf8)
    DispatchQueue.global().async {
      try? input.fileHandleForWriting.write(contentsOf: joined)
      try? input.fileHandleForWriting.close()
    }
    let answers = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return answers.split(separator: "\0", omittingEmptySubsequences: false).map { answer in
      answer == "\u{1}" ? nil : answer.split(separator: "\u{2}").map(String.init).sorted()
    }
  }

  @Test func `settings, emissions and environments as they are typed`() throws {
    var refused = 0
    for setting in Configuration.settings {
      let typed = setting.get(Configuration(environment: "CartPole-v1")).typed
      for seed in [typed, "gaussian=0.1,hide=1:3", "16x3/1", "window=4", "1e-3"] {
        refused += try count(30, of: Array(seed.utf8)) {
          var configuration = Configuration(environment: "e")
          try configuration.set(setting.key, typed: String(decoding: $0, as: UTF8.self))
        }
      }
    }
    #expect(refused > 3000)
    for name in ["native:cartpole", "envs/x.py:Class", "CartPole-v1"] {
      _ = try count(2000, of: Array(name.utf8)) {
        _ = try EnvironmentReference(String(decoding: $0, as: UTF8.self), .standard)
      }
    }
  }

  @Test func `trajectories and tables`() throws {
    let host = Host()
    let configuration = Configuration(environment: "native:cartpole")
    var playing = try Playing(.random(configuration), EvaluationPlan(host: host))
    let line = TrajectoryFile.line(try playing.next(0), environment: "native:cartpole", seed: nil) + "\n"
    let opened = try OpenedEnvironment(configuration, .trial(seed: 1, lanes: 1), host: host)
    let policy = try configuration.policy(in: opened.lanes)
    let path = FileManager.default.temporaryDirectory.path + "/ascent-fuzz-\(UUID().uuidString).jsonl"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let refused = try count(1500, of: Array(line.utf8)) {
      try Data($0).write(to: URL(fileURLWithPath: path))
      try TrajectoryFile.read(path, for: policy, lanes: opened.lanes, host: host) { _ in }
    }
    #expect(refused > 300)
    let metrics = Array((Metrics.header + "1,8,1,2.0,,2.0,2.0,3.0,,,,,,,,,,0,0.5\n").utf8)
    _ = try count(4000, of: metrics) {
      let table = MetricsTable(String(decoding: $0, as: UTF8.self))
      _ = table.firstDifference(to: MetricsTable(String(decoding: metrics, as: UTF8.self)))
    }
    let folder = RunFolder(FileManager.default.temporaryDirectory.path + "/ascent-fuzz-\(UUID().uuidString)")
    _ = try folder.make()
    defer { try? FileManager.default.removeItem(atPath: folder.absolutePath) }
    _ = try count(500, of: metrics) {
      try Data($0).write(to: URL(fileURLWithPath: folder.metricsFile))
      var log = MetricsLog(in: folder)
      let notices = try log.restore(upTo: 3, nil)
      #expect(notices.count == 1, "one of its rows is there")
      #expect(try AtomicFile.read(folder.metricsFile) == AtomicFile.read(folder.savedMetricsFile))
    }
  }
}
