internal import ArgumentParser
internal import AscentExperiments

/// The options for evaluations of the policy while it is trained.
struct EvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Evaluate the policy each time so many steps were made, on random streams of its own: rows of evaluations.csv, and the "
        + "best policy in best/. [default: never]", valueName: "steps"), transform: Whole.number)
  var evaluateEvery: Int?

  @Option(
    help: ArgumentHelp("The episodes of each of these evaluations. [default: 10]", valueName: "number"),
    transform: Whole.number)
  var evaluateEpisodes: Int?

  /// Applies the given options to a configuration.
  func apply(to configuration: inout Configuration) throws(ExperimentError) {
    if let evaluateEvery { try configuration.set("evaluation.every_steps", typed: String(evaluateEvery)) }
    guard let evaluateEpisodes else { return }
    guard configuration.evaluateEverySteps > 0 else {
      throw .usage("--evaluate-episodes is for evaluations while training: add --evaluate-every STEPS")
    }
    try configuration.set("evaluation.episodes", typed: String(evaluateEpisodes))
  }
}
