import Foundation
import Testing

@testable import AscentExperiments

@Suite("Files of rl-baselines3-zoo")
struct ZooTests {
  private func read(_ text: String) throws -> [ZooValue.Entry] {
    try ZooReader.entries(of: text, file: "ppo.yml")
  }

  /// The settings of an entry `X` of a file of this name.
  private func configuration(
    _ entry: String, file name: String = "ppo.yml"
  ) throws -> (Configuration, notices: [String]) {
    let folder = FileManager.default.temporaryDirectory.path + "/ascent-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(entry.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    let zoo = try ZooTranslation(of: "\(folder)/\(name)", environment: "X")
    var configuration = Configuration(environment: "X")
    try configuration.apply(zoo)
    try configuration.check()
    return (configuration, zoo.notices)
  }

  @Test("Words, numbers, quotes over lines, comments and merged mappings are read as YAML has them")
  func values() throws {
    let entries = try read(
      """
      a: &base # a comment
        x: !!float 1e4
        y: .5
        policy: 'Mlp#Policy' # a comment
        kwargs: "dict(a=1,
                      b=2)"
      b:
        <<: *base
        y: lin_2.5e-4
        z: null
        list:
        - one
        - two.Three:
            skip: 2
        flow: {a: [1, True]}
      """)
    #expect(entries.map(\.key) == ["a", "b"])
    let b = try #require(entries[1].value.entries)
    let found = Dictionary(uniqueKeysWithValues: b.map { ($0.key, $0.value) })
    #expect(found["x"] == .number("1e4"))
    #expect(found["y"] == .name("lin_2.5e-4"))
    #expect(found["z"] == ZooValue.none)
    #expect(found["policy"] == .text("Mlp#Policy"))
    #expect(found["kwargs"] == .text("dict(a=1, b=2)"))
    let skip = ZooValue.table([ZooValue.Entry(key: "skip", value: .number("2"), line: 14)])
    #expect(
      found["list"]
        == .list([.name("one"), .table([ZooValue.Entry(key: "two.Three", value: skip, line: 13)])]))
    #expect(
      found["flow"] == .table([ZooValue.Entry(key: "a", value: .list([.number("1"), .flag(true)]))]))
  }

  @Test(
    "What could construct or grow, and what is no YAML, is refused with its line",
    arguments: [
      ("a:\n  x: !!python/object/apply:os.system ['true']", "line 2", "nothing is constructed"),
      ("a:\n  x: !local 3", "line 2", "the tag !local"),
      ("a: &a\n  x: 1\nb:\n  x: *a", "line 4", "an alias is read only behind <<"),
      ("a: &a [1, 1]\nb: 1", "line 1", "an anchor before a value"),
      ("a:\n  <<: *later\nlater: &later\n  x: 1", "line 2", "*later is none"),
      ("a:\n\tx: 1", "line 2", "indented by a tab"),
      ("a:\n  x: \"dict(", "line 2", "without its end"),
      ("a:\n  x: 1\n  x: 2", "line 3", "x twice"),
      ("a:\n  x: |\n    text", "line 2", "a text in a block"),
      ("a:\n    x: 1\n  y: 2", "line 3", "indented"),
      ("a:\n  x: !!float abc", "line 2", "is not a number"),
      ("just a word", "line 1", "key: value"),
      ("- a\n- b", "ppo.yml", "is a list"), ("# nothing\n", "ppo.yml", "no entries"),
    ])
  func refused(text: String, line: String, words: String) {
    let error = #expect(throws: ExperimentError.self) { try read(text) }
    #expect(error?.description.contains(line) == true, "\(error as Any)")
    #expect(error?.description.contains(words) == true, "\(error as Any)")
  }

  @Test("A file that is nested without end is refused, and so is a literal")
  func depth() {
    let deep = (0..<60).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
    #expect(throws: ExperimentError.self) { try read(deep) }
    #expect(throws: PythonLiteral.Fault.self) {
      try PythonLiteral.value(of: String(repeating: "[", count: 100_000))
    }
  }

  @Test(
    "Literals of Python are data: no call but dict(…), no operator, no attribute of a call",
    arguments: [
      "__import__('os')", "dict(a=open('x'))", "[1", "{1: 2}", "dict(a=1) + 1", "dict(1)", "'a' 'b'", "a b",
      "lambda: 1",
      "dict(a=1, a=2)", "'\\x41'", "",
    ])
  func noCode(text: String) {
    #expect(throws: PythonLiteral.Fault.self, "\(text)") { try PythonLiteral.value(of: text) }
  }

  @Test("Literals of Python that files have are read")
  func literals() throws {
    #expect(try PythonLiteral.value(of: "[]") == .list([]))
    #expect(try PythonLiteral.value(of: "(1, 2,)") == .list([.number("1"), .number("2")]))
    let kwargs = try PythonLiteral.value(
      of: " dict( log_std_init=-2.7, activation_fn = nn.ReLU, f=dict(), ) ")
    #expect(
      kwargs
        == .table([
          ZooValue.Entry(key: "log_std_init", value: .number("-2.7")),
          ZooValue.Entry(key: "activation_fn", value: .name("nn.ReLU")),
          ZooValue.Entry(key: "f", value: .table([])),
        ]))
  }

  @Test("What an entry does not say is as in Stable-Baselines3, and what it says is translated")
  func semantics() throws {
    let (bare, _) = try configuration("X:\n  policy: MlpPolicy\n")
    let expected = [
      ("run.lanes", "1"), ("rollout.steps", "2048"), ("algorithm.minibatch", "64"),
      ("algorithm.epochs", "10"),
      ("algorithm.rate", "0.0003"), ("algorithm.advantage_floor", "0.0"), ("normalize.observations", "none"),
      ("normalize.returns", "false"), ("policy.action_units", "environment"), ("policy.hidden", "64,64"),
    ]
    for (key, value) in expected {
      #expect(try Configuration.setting(key).value(in: bare).typed == value, "\(key)")
    }
    let (full, notices) = try configuration(
      """
      X:
        normalize: true
        n_envs: 16
        n_timesteps: !!float 2e6
        learning_rate: lin_3e-5
        clip_range: 0.4
        use_sde: True
        sde_sample_freq: 4
        device: cpu
        policy_kwargs: "dict(log_std_init=-2, ortho_init=False, activation_fn=nn.ReLU,
                             net_arch=[dict(pi=[256, 128], vf=[256, 128])])"
      """)
    let translated = [
      ("run.lanes", "16"), ("run.steps", "2000000"), ("algorithm.rate", "3e-05"),
      ("algorithm.rate_schedule", "linear"), ("algorithm.clip", "0.4"),
      ("algorithm.clip_schedule", "constant"),
      ("normalize.observations", "all"), ("normalize.returns", "true"), ("policy.distribution", "gsde"),
      ("policy.exploration_steps", "4"), ("policy.log_deviation", "-2.0"), ("policy.hidden", "256,128"),
      ("policy.initialization", "uniform"), ("policy.activation", "relu"),
    ]
    for (key, value) in translated {
      #expect(try Configuration.setting(key).value(in: full).typed == value, "\(key)")
    }
    #expect(notices.count == 1)
    #expect(notices.first?.contains("device") == true)
  }

  @Test("Pictures of Atari get NatureCNN, shared, and the group of wrappers")
  func atari() throws {
    let (settings, notices) = try configuration(
      """
      X:
        env_wrapper:
          - stable_baselines3.common.atari_wrappers.AtariWrapper
        frame_stack: 4
        policy: 'CnnPolicy'
        n_steps: 128
        batch_size: 256
        learning_rate: lin_2.5e-4
      """)
    #expect(settings.wrappers.count == 3)
    #expect(settings.frameStack == 1)
    #expect(
      try Configuration.setting("policy.convolutions").value(in: settings).typed == "32x8/4,64x4/2,64x3/1")
    #expect(settings.trunk == .shared)
    #expect(notices.count == 1)
  }
}
