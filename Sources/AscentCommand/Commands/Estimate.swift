internal import ArgumentParser
internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

/// `ascent estimate RUN`.
struct Estimate: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Estimate J(θ) of a run's policy, on-policy or from trajectories of another policy.",
    """
    Without --from the policy plays episodes, drawing its actions. With --from the episodes of the file are \
    weighted by importance ratios; the effective sample size is the number of equally weighted episodes that they \
    are worth.
    """,
    examples: [
      "estimate runs/demo --episodes 1000",
      "estimate runs/demo --from other.jsonl --estimator self-normalized",
    ], codes: ExitStatus.playing)

  @Argument(
    help: ArgumentHelp("The folder of a training run.", valueName: "run"), completion: Completions.runs)
  var folder: String

  @Option(
    help: ArgumentHelp("Trajectories of any policy, as ascent sample writes them.", valueName: "file.jsonl"),
    completion: .file(extensions: ["jsonl"]))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "With --from: one of "
        + AscentProgram.catalog.estimators.entries.filter(\.estimatesObjective).map(\.name).joined(
          separator: ", ")
        + ". [default: per-decision]"),
    completion: .list(AscentProgram.catalog.estimators.entries.filter(\.estimatesObjective).map(\.name)))
  var estimator: String?

  @Option(help: "With --from: the largest importance weight that is used. [default: none]")
  var weightClip: Double?

  @Option(help: "Without --from: how many episodes to play.", transform: Whole.number)
  var episodes = 100

  @Option(help: "Without --from: the seed of the episodes.", transform: Whole.number)
  var seed: UInt64 = 1

  @OptionGroup var environmentOptions: EnvironmentOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    Interrupt.listen()
    try Counts.check(episodes, "--episodes")
    guard !environmentOptions.sets("algorithm.gamma") else {
      throw ExperimentError.usage(
        "J(θ) is the expected sum of the rewards without a discount; omit algorithm.gamma")
    }
    try keepingOpen(patience: environmentOptions.hostOptions.patience, measure)
  }

  private func measure(_ open: OpenEnvironments) throws {
    let study: ObjectiveStudy
    if let from {
      study = try ObjectiveStudy(
        of: RunFolder(folder), from: from, estimator: try rule(),
        try environmentOptions.evaluation(output, open))
    } else {
      guard estimator == nil, weightClip == nil else {
        throw ExperimentError.usage(
          "--estimator and --weight-clip apply to the trajectories of a file; use --from")
      }
      study = try ObjectiveStudy(
        of: RunFolder(folder), episodes: episodes, try environmentOptions.evaluation(output, open, seed: seed)
      )
    }
    show(study)
    if study.missedShare > 0.001 {
      output.notice(
        """
        the policy acts on a bound of the box in \(Terminal.fixed(100 * study.missedShare, 1)) % of the steps, where no \
        action of the file is; what it gains there is missing in the estimate
        """
      )
    }
    if study.isCollapsed {
      output.notice(
        """
        the importance weights collapsed: \(study.estimate.count) episodes have an effective sample size of \
        \(Terminal.fixed(study.estimate.effectiveSampleSize, 1)); the policies are too different, and neither the \
        estimate nor its error is reliable
        """
      )
    }
  }

  private func rule() throws -> GradientRule {
    let name = estimator ?? EstimatorEntry.perDecision.name
    let known = ObjectiveStudy.offPolicyEstimators(AscentProgram.catalog)
    guard let choice = known.first(where: { $0.name == name }) else {
      throw ExperimentError.usage(
        "--estimator takes one of \(known.map(\.name).joined(separator: ", ")), not '\(name)'")
    }
    guard weightClip.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw ExperimentError.usage("--weight-clip takes a number above 0")
    }
    return GradientRule(choice, .none, EstimatorSettings(weightClip: weightClip ?? 0))
  }

  private func show(_ study: ObjectiveStudy) {
    let estimate = study.estimate
    guard !output.json else {
      let line = JSON.object([
        ("event", .text("estimate")), ("estimator", .text(study.estimator)), ("J", .number(estimate.mean)),
        ("standard_error", .number(estimate.standardError)),
        ("effective_sample_size", .number(estimate.effectiveSampleSize)),
        ("low", .number(estimate.mean - estimate.halfWidth)),
        ("high", .number(estimate.mean + estimate.halfWidth)),
        ("episodes", .integer(estimate.count)),
      ])
      return Terminal.writeLine(line)
    }
    Terminal.writeLine("\(study.estimator), \(estimate.count) episodes")
    Terminal.writeLine(
      "J(θ)  \(Terminal.fixed(estimate.mean, 2)) ± \(Terminal.fixed(estimate.standardError, 2))"
        + "  (95 %: \(Terminal.fixed(estimate.mean - estimate.halfWidth, 2)) to "
        + "\(Terminal.fixed(estimate.mean + estimate.halfWidth, 2)))")
    Terminal.writeLine("effective sample size  \(Terminal.fixed(estimate.effectiveSampleSize, 1))")
  }
}
