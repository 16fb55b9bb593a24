package import AscentExperiments
import AscentPolicyGradients

// tuning.toml, the plan in the folder of a tuning.
extension TuningPlan {
  /// What the user asked for: the steps of a whole training, and the budget as `--budget` takes it, or nothing.
  package typealias Request = (steps: Int, budget: String)

  /// The plan as TOML.
  ///
  /// - Parameter asked: what the user asked for.
  /// - Returns: the text of the file.
  package func text(_ asked: Request) -> String {
    """
    environment = \(JSON.text(environment).line)
    algorithm = \(JSON.text(algorithm).line)
    seed = \(seed)
    steps = \(steps)
    candidates = \(candidates)
    shortened = \(isShortened)
    asked_steps = \(asked.steps)
    asked_budget = \(JSON.text(asked.budget).line)

    """
  }

  /// The plan of a folder, where it was made for the same question.
  ///
  /// - Parameters:
  ///   - text: the text of its file.
  ///   - file: the name, for messages.
  ///   - configuration: the default.
  ///   - seed: the seed of the draws.
  ///   - asked: what the user asks for now; nil for what is not said again.
  /// - Throws: ``ExperimentError/usage(_:)`` for another environment, algorithm, seed, or other steps or another budget.
  package init(
    reading text: String, file: String, _ configuration: Configuration, seed: UInt64,
    asked: (steps: Int?, budget: String?) = (nil, nil)
  ) throws(ExperimentError) {
    var values: [String: SettingValue] = [:]
    for entry in try TOMLText.entries(of: text, file: file) {
      values[entry.path.joined(separator: ".")] = entry.value
    }
    let (environment, algorithm) = (configuration.environment, configuration.algorithm.name)
    let isSame =
      values["environment"] == .text(environment) && values["algorithm"] == .text(algorithm)
      && values["seed"]?.typed == String(seed)
    guard isSame else {
      throw .usage("\(file) is of another environment, algorithm or seed; choose another --runs")
    }
    for (name, now) in [("steps", asked.steps.map(String.init)), ("budget", asked.budget)] {
      let then = values["asked_\(name)"]?.typed ?? ""
      guard let now, now != then else { continue }
      throw .usage(
        "\(file) was planned with \(then.isEmpty ? "no --\(name)" : "--\(name) \(then)"), not with --\(name) \(now); omit it, or "
          + "choose another --runs")
    }
    guard let steps: Int = SettingValue.whole(values["steps"]?.typed ?? ""),
      let count: Int = SettingValue.whole(values["candidates"]?.typed ?? ""),
      let plan = TuningPlan(
        environment, algorithm, seed: seed, steps: steps, candidates: count,
        isShortened: values["shortened"] == .flag(true))
    else { throw .damaged(file: file, reason: "steps or candidates are missing") }
    self = plan
  }
}
