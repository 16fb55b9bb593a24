internal import ArgumentParser
internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

/// The options of every command that opens an environment.
struct EnvironmentOptions: ParsableArguments {
  @OptionGroup var hostOptions: HostOptions

  @Option(
    help: ArgumentHelp(
      "An argument of the environment's constructor, with a value of TOML, such as is_slippery=false.",
      valueName: "name=value"))
  var envArg: [String] = []

  @Option(
    name: [.customLong("wrapper"), .customLong("wrapper-arg")],
    help: ArgumentHelp(
      "A Python wrapper, module:Class or file.py:Class, followed by its arguments; the innermost wrapper first.",
      valueName: "class|name=value"))
  var wrapper: [String] = []

  @Option(
    help: ArgumentHelp(
      "A group of wrappers, applied before those of --wrapper: atari, which is AtariPreprocessing, a stack of four "
        + "frames, and rewards from -1 to 1.",
      valueName: "name"), completion: .list(["atari"]))
  var presetWrappers: String?

  @Option(
    help: ArgumentHelp(
      """
      The source of random numbers: 'streams' (Ascent's, the default), 'episodes' (their own, seeded by each reset) or \
      'native' (their own, seeded once).
      """,
      valueName: "source"), completion: .list(["streams", "episodes", "native"]))
  var environmentRng: String?

  @Flag(
    help:
      "Let Python's random and numpy.random also draw from the lane's stream, for environments that use them."
  )
  var captureRng = false

  @Option(
    help: ArgumentHelp(
      "A module to import before ENV is looked up, and a function of it to call.",
      valueName: "module[:function]"))
  var register: [String] = []

  @Option(
    help: "The number of environments that are stepped side by side; the results depend on it.",
    transform: Whole.number)
  var lanes: Int?

  @Option(
    help: ArgumentHelp(
      "An emission between the environment and the policy, such as hide=1,3 or gaussian=0.1; applied in order. (values: "
        + (AscentProgram.catalog.emissions.names + ["file.py:Class"]).joined(separator: ", ") + ")",
      valueName: "spec"), completion: Completions.emissions)
  var emission: [String] = []

  @Option(
    help: ArgumentHelp("Change one setting of run.toml (see ascent help settings).", valueName: "key=value"),
    completion: Completions.settings)
  var set: [String] = []

  /// The host that these options describe.
  var host: Host { hostOptions.host }

  /// The default settings of an environment, with the program's catalog.
  func configuration(of environment: String) -> Configuration {
    Configuration(environment: environment, catalog: host.catalog)
  }

  /// Applies the given options to a configuration, or to the settings of a run; `--set` comes last.
  func apply(to configuration: inout Configuration, isResumed: Bool = false) throws(ExperimentError) {
    try applyConstruction(to: &configuration)
    configuration.attribute(to: "--env-arg, --wrapper")
    if let environmentRng { try configuration.set("environment.rng", typed: environmentRng) }
    configuration.attribute(to: "--environment-rng")
    if captureRng { try configuration.set("environment.capture_rng", typed: "true") }
    configuration.attribute(to: "--capture-rng")
    if !register.isEmpty {
      try configuration.set("environment.register", typed: register.joined(separator: ","))
    }
    configuration.attribute(to: "--register")
    if !emission.isEmpty {
      try configuration.set("environment.emission", typed: emission.joined(separator: ","))
    }
    configuration.attribute(to: "--emission")
    if let lanes { try configuration.set("run.lanes", typed: String(lanes)) }
    configuration.attribute(to: "--lanes")
    defer { configuration.attribute(to: "--set") }
    // The name of a run's own algorithm changes nothing; set again, it would reset what belongs to it.
    let set = set.filter { !isResumed || $0 != "algorithm.name=\(configuration.algorithm.name)" }
    let keys = set.map { $0.prefix { $0 != "=" } }
    if let named = keys.firstIndex(of: "algorithm.name"),
      let earlier = keys[..<named].first(where: { Configuration.isSetByAlgorithm(String($0)) })
    {
      throw .usage("algorithm.name would change \(earlier) again; give it first, or use --algorithm")
    }
    for pair in set {
      guard let equals = pair.firstIndex(of: "=") else {
        throw ExperimentError.usage("--set takes KEY=VALUE, not '\(pair)'")
      }
      try configuration.set(
        String(pair[..<equals]), typed: String(pair[pair.index(after: equals)...]))
    }
  }

  /// Applies the constructor's arguments and the wrappers.
  private func applyConstruction(to configuration: inout Configuration) throws(ExperimentError) {
    var wrappers: [WrapperReference] = []
    if let presetWrappers { wrappers += try configuration.addWrappers(named: presetWrappers) }
    for text in wrapper {
      guard let (name, value) = Self.assignment(text) else {
        wrappers.append(WrapperReference(text))
        continue
      }
      guard !wrappers.isEmpty else {
        throw .usage("--wrapper-arg \(text) belongs to the --wrapper before it, and there is none")
      }
      wrappers[wrappers.count - 1].arguments[name] = try .argument(typed: value, of: name)
    }
    if !wrappers.isEmpty {
      try configuration.set("environment.wrappers", typed: wrappers.map(\.typed).joined(separator: ","))
    }
    for text in envArg {
      guard let (name, value) = Self.assignment(text) else {
        throw .usage("--env-arg takes NAME=VALUE, such as is_slippery=false, not '\(text)'")
      }
      try configuration.set("environment.arguments.\(name)", typed: value)
    }
  }

  /// Splits NAME=VALUE, where NAME is a name of Python; nil for another text.
  private static func assignment(_ text: String) -> (String, String)? {
    let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let rest = text[name.endIndex...]
    guard !name.isEmpty, rest.first == "=" else { return nil }
    return (String(name), String(rest.dropFirst()))
  }

  /// True if `--set` gives the key a value.
  func sets(_ key: String) -> Bool { set.contains { $0.hasPrefix(key + "=") } }

  /// The plan of an evaluation that Ctrl-C ends, with these options as changes of a run's settings.
  ///
  /// - Parameters:
  ///   - output: the options for notices.
  ///   - open: the environments that stay open.
  ///   - seed: the seed of the streams.
  ///   - count: the number of lanes unless `--lanes` is given.
  /// - Returns: the plan.
  /// - Throws: ``ExperimentError/usage(_:)`` for a number of lanes outside of 1 to 4096.
  func evaluation(
    _ output: OutputOptions, _ open: OpenEnvironments, seed: UInt64 = 1, lanes count: Int = 1
  ) throws(ExperimentError) -> EvaluationPlan {
    var plan = EvaluationPlan(
      seed: seed, lanes: try Counts.lanes(lanes ?? count), host: host,
      overriding: { configuration throws(ExperimentError) in try apply(to: &configuration) })
    plan.isInterrupted = { Interrupt.isRequested }
    plan.tell = { output.notice($0) }
    plan.warn = { output.warn($0) }
    plan.keep = { open.keep($0) }
    return plan
  }
}

/// Checks of counts on the command line.
enum Counts {
  /// The largest number of episodes or batches of one command.
  static let most = 100_000_000

  static func check(_ n: Int, _ option: String) throws(ExperimentError) {
    guard (1...most).contains(n) else {
      throw .usage("\(option) takes a whole number from 1 to \(most), not \(n)")
    }
  }

  /// Returns a number of lanes if it is valid.
  static func lanes(_ count: Int) throws(ExperimentError) -> Int {
    guard (1...4096).contains(count) else {
      throw .usage("--lanes takes a whole number from 1 to 4096, not \(count)")
    }
    return count
  }
}
