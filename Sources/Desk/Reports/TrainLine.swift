package import AscentExperiments
internal import AscentPolicyGradients

/// The line of a shell that makes a run again.
package enum TrainLine {
  /// The line.
  ///
  /// - Parameter run: the settings of the run.
  /// - Returns: `ascent train …`; nil if no line has exactly these settings.
  package static func of(_ run: Configuration) -> String? {
    var words = ["ascent", "train", run.environment]
    var base = Configuration(environment: run.environment, catalog: run.catalog)
    do throws(ExperimentError) {
      if run.algorithm.name != base.algorithm.name {
        words += ["--algorithm", run.algorithm.name]
        try base.set("algorithm.name", typed: run.algorithm.name)
      }
      // A preset depends on what the policy sees and remembers.
      (base.emissions, base.memory) = (run.emissions, run.memory)
      var automatic = base
      try automatic.apply(preset: nil)
      if automatic.preset != run.preset {
        let name = run.preset.isEmpty ? Presets.none : run.preset
        words += ["--preset", name]
        automatic = base
        try automatic.apply(preset: name)
      }
      // Without the options these are as they are by default.
      let plain = Configuration(environment: run.environment, catalog: run.catalog)
      (automatic.emissions, automatic.memory) = (plain.emissions, plain.memory)
      words += ["--seed", String(run.seed), "--steps", String(run.steps), "--lanes", String(run.lanes)]
      for (key, value) in [
        ("run.seed", String(run.seed)), ("run.steps", String(run.steps)), ("run.lanes", String(run.lanes)),
      ] {
        try automatic.set(key, typed: value)
      }
      guard let changes = try changes(from: automatic, to: run) else { return nil }
      for (key, value) in changes { words += ["--set", "\(key)=\(value)"] }
    } catch {
      return nil
    }
    return ShellWords.line(words)
  }

  /// The settings that have to be set; nil if setting them does not lead to the run's.
  private static func changes(
    from base: Configuration, to run: Configuration
  ) throws(ExperimentError) -> [(key: String, value: String)]? {
    var (settings, changes): (Configuration, [(key: String, value: String)]) = (base, [])
    // Setting one may change another one, which is then set after it.
    for _ in 0..<3 {
      for setting in differing(settings, run) {
        let value = setting.value(in: run).typed
        changes.removeAll { $0.key == setting.key }
        changes.append((setting.key, value))
        try settings.set(setting.key, typed: value)
      }
      if differing(settings, run).isEmpty { return changes }
    }
    return nil
  }

  /// The settings that differ, without the name of a preset and those that say only what is saved.
  private static func differing(_ a: Configuration, _ b: Configuration) -> [Setting] {
    Configuration.settings.filter { setting in
      setting.key != "run.preset" && !setting.isOfStorage
        && setting.value(in: a) != setting.value(in: b)
    }
  }
}
