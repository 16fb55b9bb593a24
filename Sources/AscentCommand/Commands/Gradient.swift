internal import ArgumentParser
internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

/// `ascent gradient ENV|RUN`.
struct Gradient: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Measure the bias, variance and signal to noise of gradient estimators.",
    """
    The policy is that of a run, or the initial one of training in ENV; it is not updated. A rule is an estimator or \
    estimator+baseline. If the process is finite and known (native problems, FrozenLake), the biases are relative to \
    the exact gradient.
    """,
    examples: [
      "gradient native:two-state",
      "gradient runs/demo --estimators total-return,reward-to-go+optimal",
    ], codes: ExitStatus.playing)

  @Argument(
    help: ArgumentHelp("An environment, or the folder of a training run.", valueName: "env-or-run"),
    completion: Completions.environments)
  var subject: String

  @Option(
    help: ArgumentHelp(
      "Rules, joined by commas: an estimator (\(estimatorNames)), or one with a baseline joined by + (\(baselineNames)). "
        + "[default: eight common rules]", valueName: "list"),
    completion: Completions.estimators)
  var estimators: String?

  @Option(help: "The number of independent batches to sample.", transform: Whole.number)
  var batches = 200

  @Option(help: "The number of episodes in a batch.", transform: Whole.number)
  var episodes = 32

  @Option(
    help: "The seed of the batches; training never uses the same random streams.", transform: Whole.number)
  var seed: UInt64 = 1

  @Flag(help: "Split the variance by its source: actions, initial states, transitions, or emissions.")
  var sources = false

  @OptionGroup var environmentOptions: EnvironmentOptions
  @OptionGroup var output: OutputOptions

  private static var estimatorNames: String {
    AscentProgram.catalog.estimators.entries.filter { !$0.needsCritic }.map(\.name).joined(separator: ", ")
  }

  private static var baselineNames: String {
    AscentProgram.catalog.baselines.entries.filter { !$0.isValue }.map(\.name).joined(separator: ", ")
  }

  func run() throws {
    try Counts.check(batches, "--batches")
    try Counts.check(episodes, "--episodes")
    guard batches >= 2 else {
      throw ExperimentError.usage("--batches takes at least 2: a variance needs two numbers")
    }
    guard episodes >= 2 else {
      throw ExperimentError.usage("--episodes takes at least 2: a baseline needs another trajectory")
    }
    let plan = GradientStudy.Plan(
      rules: try rules(), batches: batches, trajectories: episodes, splitsVariance: sources)
    Interrupt.listen()
    try keepingOpen(patience: environmentOptions.hostOptions.patience) { open in
      let study = try GradientStudy(
        of: PolicySubject(subject, AscentProgram.catalog), plan,
        try environmentOptions.evaluation(output, open, seed: seed, lanes: min(8, episodes)))
      let isInterrupted = Interrupt.isRequested
      if output.json { showJSON(study) } else { showTable(study) }
      if isInterrupted { throw ExitStatus.interrupted.code }
    }
  }

  private func rules() throws -> [GradientRule] {
    guard let estimators else { return try discounted(GradientStudy.standardRules) }
    let catalog = AscentProgram.catalog
    return try discounted(
      estimators.split(separator: ",").map { name in
        guard let rule = try? GradientRule(named: String(name), catalog.estimators, catalog.baselines) else {
          throw ExperimentError.usage(
            "there is no rule '\(name)'; a rule is an estimator (\(catalog.estimators.names.joined(separator: ", "))), or "
              + "one with a baseline joined by + (\(catalog.baselines.names.joined(separator: ", ")))")
        }
        guard !rule.baseline.isValue, !rule.estimator.needsCritic else {
          throw ExperimentError.usage(
            "'\(name)' needs a critic that is learned, which ascent gradient does not have")
        }
        return rule
      })
  }

  /// The rules with the γ of `--set algorithm.gamma`; without it γ is 1.
  private func discounted(_ rules: [GradientRule]) throws(ExperimentError) -> [GradientRule] {
    guard environmentOptions.sets("algorithm.gamma") else { return rules }
    var settings = environmentOptions.configuration(of: subject)
    try environmentOptions.apply(to: &settings)
    return rules.map { rule in
      var rule = rule
      rule.settings.gamma = settings.algorithm.estimation.gamma
      return rule
    }
  }

  private func showJSON(_ study: GradientStudy) {
    for finding in study.findings {
      var pairs: [(String, JSON)] = [
        ("event", .text("gradient")), ("estimator", .text("\(finding.rule)")),
        ("bias", .number(finding.bias)),
        ("bias_standard_error", .number(finding.biasStandardError)),
        ("exact_bias", .number(finding.exactBias)), ("variance", .number(finding.variance)),
        ("signal_to_noise", .number(finding.signalToNoise)),
        ("trajectories_for_unit_signal", .number(finding.trajectoriesForUnitSignal)),
        ("cosine", .number(finding.cosine)),
      ]
      if sources {
        pairs.append(("variance_of_actions", .number(finding.varianceOfActions)))
        pairs.append(("variance_of_initial_states", .number(finding.varianceOfInitialStates)))
        pairs.append(("variance_of_transitions", .number(finding.varianceOfTransitions)))
        pairs.append(("variance_of_emissions", .number(finding.varianceOfEmissions)))
      }
      pairs += [
        ("episodes", .integer(episodes)), ("batches", .integer(batches)),
        ("objective", .number(study.objective)),
        ("gradient_norm", .number(study.gradientNorm)), ("exact", .bool(study.isExact)),
      ]
      Terminal.writeLine(JSON.object(pairs))
    }
  }

  private func showTable(_ study: GradientStudy) {
    let how = study.isExact ? "exactly" : "over all batches"
    Terminal.writeLine(
      "J(θ) = \(Terminal.short(study.objective)), ‖∇J‖ = \(Terminal.short(study.gradientNorm)) \(how); "
        + "\(batches) batches of \(episodes) episodes")
    var rows = [["estimator"]]
    if study.isExact { rows[0] += ["bias", "± error", "exact bias"] }
    rows[0] += ["variance", "signal/noise", "episodes for 1", "cosine"]
    if sources { rows[0] += ["of actions", "of initial states", "of transitions", "of emissions"] }
    for finding in study.findings {
      var row = ["\(finding.rule)"]
      if study.isExact {
        row += [finding.bias, finding.biasStandardError, finding.exactBias].map(Terminal.short)
      }
      row += [finding.variance, finding.signalToNoise, finding.trajectoriesForUnitSignal].map(Terminal.short)
      row.append(Terminal.fixed(finding.cosine, 3))
      if sources {
        row += [
          finding.varianceOfActions, finding.varianceOfInitialStates, finding.varianceOfTransitions,
          finding.varianceOfEmissions,
        ]
        .map(Terminal.short)
      }
      rows.append(row)
    }
    for line in Terminal.table(rows) { Terminal.writeLine(line) }
  }
}
