extension Configuration {
  /// `run.*`.
  static let runSettings: [Setting] = [
    Setting(
      "run.preset", "The preset that was applied first; empty for none.",
      takes: "the name of a preset"
    ) {
      .text($0.preset)
    } set: { configuration, value throws(Setting.Refusal) in
      guard case .text(let text) = value else { throw Setting.Refusal() }
      configuration.preset = text
    },
    Setting(
      "run.seed", "The seed of all random numbers of the run.",
      takes: "a whole number from 0 to \(UInt64.max)"
    ) {
      .text(String($0.seed))
    } set: { configuration, value throws(Setting.Refusal) in
      guard let seed: UInt64 = SettingValue.whole(value.typed) else { throw Setting.Refusal() }
      configuration.seed = seed
    },
    .integer(
      "run.steps", \.steps, in: 1...1_000_000_000_000, "The exact number of environment steps of the run.",
      unit: "steps"),
    .integer(
      "run.lanes", \.lanes, in: 1...4096,
      "The number of environments that are stepped side by side; the results depend on it.", unit: "lanes"),
  ]

  /// `random.*`, `checkpoint.*`, `evaluation.*` and `tensorboard.*`.
  static let storageSettings: [Setting] = [
    .choice("random.generator", \.generator, "The GSL generator of all random streams."),
    .integer(
      "checkpoint.every_steps", \.checkpointEverySteps, in: 0...1_000_000_000_000,
      "The number of steps after which a checkpoint is saved; 0 for only the last one.", unit: "steps"),
    .number(
      "checkpoint.every_seconds", \.checkpointEverySeconds, .zero("for none"),
      "The time after which a checkpoint is saved.", unit: "seconds"),
    .integer(
      "evaluation.every_steps", \.evaluateEverySteps, in: 0...1_000_000_000_000,
      "The number of steps after which the policy is evaluated while it is trained, on streams of its own; 0 for never.",
      unit: "steps"),
    .integer(
      "evaluation.episodes", \.evaluationEpisodes, in: 1...1_000_000,
      "The number of episodes of each of these evaluations.", unit: "episodes"),
    .flag(
      "tensorboard.enabled", \.writesEvents,
      "True to write event files for TensorBoard into the run's folder."),
  ]
}
