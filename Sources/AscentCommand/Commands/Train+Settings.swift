internal import AscentExperiments
internal import AscentPolicyGradients

// The settings of a run, from the options or, where it is resumed, from its run.toml.
extension Train {
  /// The settings of the run.
  ///
  /// A run that is resumed has those of its run.toml. The options may repeat them, all or some, and may change the budget
  /// and the times of checkpoints; the settings that they would change otherwise are named.
  func resolved() throws -> Configuration {
    guard let recorded = try recorded() else { return try resolved(over: nil) }
    // The same command as before, with its preset or its file of settings.
    if environment != nil, let again = try? resolved(over: nil), again.differences(from: recorded).isEmpty {
      return again.placed(as: recorded)
    }
    let settings = try resolved(over: recorded)
    let differences = settings.differences(from: recorded)
    guard differences.isEmpty else {
      let list = differences.map { "\($0.key) is \($0.then), not \($0.now)" }.joined(separator: ", ")
      throw ExperimentError.usage(
        "the run in \(out ?? "") has other settings: \(list); omit what changes them, or choose another --out"
      )
    }
    return settings.placed(as: recorded)
  }

  /// The settings of a run that has a checkpoint to be resumed from, or of one for which no ENV is given; else nil.
  private func recorded() throws -> Configuration? {
    guard resume, let out, case let folder = RunFolder(out) else { return nil }
    guard environment == nil || folder.hasCheckpoint else { return nil }
    do {
      return try Configuration.ofRun(folder, AscentProgram.catalog)
    } catch {
      // Without a run.toml the command must be repeated.
      if environment == nil { throw error }
      return nil
    }
  }

  /// The given options over the settings of a run, or over the defaults and a preset.
  private func resolved(over recorded: Configuration?) throws -> Configuration {
    guard let environment = environment ?? recorded?.environment else {
      throw ExperimentError.usage(
        "train needs ENV, such as CartPole-v1 (see ascent environments); only with --out RUN --resume it can be omitted"
      )
    }
    var settings = recorded ?? environmentOptions.configuration(of: environment)
    if resolution.dryRun {
      settings.noteOrigins(from: recorded == nil ? Configuration.defaultOrigin : "run \(out ?? "")")
    }
    if let recorded, !recorded.hasEnvironment(environment) { settings.environment = environment }
    if let algorithm, recorded?.algorithm.name != algorithm {
      try settings.set("algorithm.name", typed: algorithm)
    }
    settings.attribute(to: "--algorithm")
    if let zoo = try zooTranslation(of: environment) {
      try settings.apply(zoo)
    } else {
      try applyPreset(to: &settings, isResumed: recorded != nil)
      settings.attribute(to: "preset \(settings.preset)")
    }
    return try applyOptions(to: settings, over: recorded)
  }

  /// The settings with those of the file and of the options.
  private func applyOptions(
    to settings: Configuration, over recorded: Configuration?
  ) throws -> Configuration {
    var settings = settings
    if let config {
      let text = String(decoding: try AtomicFile.read(config, limit: AtomicFile.largestText), as: UTF8.self)
      let environment = settings.environment
      settings = try Configuration.reading(text, file: config, over: settings)
      settings.environment = environment
      settings.attribute(to: "file \(config)")
    }
    if let algorithm, settings.algorithm.name != algorithm {
      throw ExperimentError.usage(
        "--algorithm \(algorithm) and algorithm.name = \(settings.algorithm.name) of \(config ?? "") differ")
    }
    if let from, recorded?.beginFrom != from {
      // --set can still change these settings; loading the policy then fails if its arrays do not fit.
      settings.takePolicy(of: try Configuration.ofRun(RunFolder(from), AscentProgram.catalog))
      try settings.set("policy.from", typed: from)
      settings.attribute(to: "--from")
    }
    if let seed { try settings.set("run.seed", typed: String(seed)) }
    settings.attribute(to: "--seed")
    if let steps { try settings.set("run.steps", typed: String(steps)) }
    settings.attribute(to: "--steps")
    if let onFault {
      try settings.set("environment.on_fault", typed: onFault == .resetLane ? onFault.rawValue : "stop")
      settings.attribute(to: "--on-fault")
    }
    try environmentOptions.apply(to: &settings, isResumed: recorded != nil)
    try evaluation.apply(to: &settings)
    settings.attribute(to: "--evaluate-every, --evaluate-episodes")
    if vector, settings.vector == 0 { try settings.set("environment.vector", typed: String(settings.lanes)) }
    settings.attribute(to: "--vector")
    return settings
  }

  /// Applies the preset: the named one, else the environment's, unless there is a file of settings.
  ///
  /// Presets depend on what the policy sees and remembers, which the file and the options say.
  private func applyPreset(to settings: inout Configuration, isResumed: Bool) throws {
    guard isResumed else {
      if let asked = try? applyOptions(to: settings, over: nil) {
        (settings.emissions, settings.memory) = (asked.emissions, asked.memory)
        if settings.algorithm.name != asked.algorithm.name {
          try settings.set("algorithm.name", typed: asked.algorithm.name)
        }
      }
      return try settings.apply(preset: preset ?? (config == nil ? nil : Presets.none))
    }
    guard let preset, preset != settings.preset else { return }
    if preset == Presets.none { settings.preset = "" } else { try settings.apply(preset: preset) }
  }
}
