package import AscentExperiments
import AscentPolicyGradients

/// The trials of a tuning: successive halving over drawn settings, then the winner beside the default on fresh seeds.
///
/// With F the steps of a whole training and n settings: n trainings of F/9 steps, the best third of F/3, the best ninth of F,
/// and five of F for the winner and five for the default. Each is a training of its own, with schedules of its own length.
package struct TuningPlan: Equatable, Sendable {
  /// The environment.
  package let environment: String
  /// The algorithm.
  package let algorithm: String
  /// The seed of the draws; trainings have the seeds after it.
  package let seed: UInt64
  /// F, the steps of a whole training.
  package private(set) var steps: Int
  /// n, the number of settings of the first rung; the default is one of them.
  package private(set) var candidates = 9
  /// True if F is less than the preset's or the one that was asked for, because the budget is small.
  package private(set) var isShortened = false

  /// The part of the settings that a rung keeps: a third.
  package static let factor = 3
  /// The number of fresh seeds at the end.
  package static let freshSeeds = 5
  /// The smallest n, the largest n and the smallest F.
  private static let (fewest, most, shortest) = (9, 729, 450)

  /// Plans within a budget.
  ///
  /// - Parameters:
  ///   - configuration: the default: its environment, algorithm and steps.
  ///   - seed: the seed of the draws.
  ///   - budget: the steps of all trainings together; nil for 19 F, with n = 27.
  /// - Throws: ``ExperimentError/usage(_:)`` for a budget that is too small.
  package init(_ configuration: Configuration, seed: UInt64, budget: Int?) throws(ExperimentError) {
    (environment, algorithm) = (configuration.environment, configuration.algorithm.name)
    (self.seed, steps) = (seed, configuration.steps)
    guard let budget else {
      candidates = 27
      return
    }
    let fresh = 2 * Self.freshSeeds
    let least = fresh + Self.fewest / Self.factor
    if budget / least < steps { (steps, isShortened) = (budget / least, true) }
    guard steps >= Self.shortest else {
      throw .usage(
        "a budget of \(budget) steps is too small: a tuning trains \(least) times the steps of a run, and runs of less than "
          + "\(Self.shortest) steps say nothing; give --budget at least \(least * Self.shortest)")
    }
    let (whole, _) = budget.subtractingReportingOverflow(fresh * steps)
    candidates = min(max(Self.factor * (whole / steps) / Self.fewest * Self.fewest, Self.fewest), Self.most)
  }

  /// The steps of a training of a rung, from 0.
  package func steps(of rung: Int) -> Int { [steps / 9, steps / 3, steps][min(rung, 2)] }

  /// The number of settings of a rung, from 0.
  package func count(of rung: Int) -> Int { [candidates, candidates / 3, candidates / 9][min(rung, 2)] }

  /// The number of rungs.
  package static let rungs = 3

  /// The steps of all trainings together.
  package var total: Int {
    (0..<Self.rungs).reduce(2 * Self.freshSeeds * steps) { $0 + count(of: $1) * steps(of: $1) }
  }

  /// The plan as TOML, in the folder of the tuning.
  package var text: String {
    """
    environment = \(JSON.text(environment).line)
    algorithm = \(JSON.text(algorithm).line)
    seed = \(seed)
    steps = \(steps)
    candidates = \(candidates)
    shortened = \(isShortened)

    """
  }

  /// The plan of a folder, where it was made for the same question.
  ///
  /// - Parameters:
  ///   - text: the text of its file.
  ///   - file: the name, for messages.
  ///   - configuration: the default.
  ///   - seed: the seed of the draws.
  /// - Throws: ``ExperimentError/usage(_:)`` for another environment, algorithm or seed.
  package init(
    reading text: String, file: String, _ configuration: Configuration, seed: UInt64
  ) throws(ExperimentError) {
    var values: [String: SettingValue] = [:]
    for entry in try TOMLText.entries(of: text, file: file) {
      values[entry.path.joined(separator: ".")] = entry.value
    }
    (environment, algorithm, self.seed) = (configuration.environment, configuration.algorithm.name, seed)
    let isSame =
      values["environment"] == .text(environment) && values["algorithm"] == .text(algorithm)
      && values["seed"]?.typed == String(seed)
    guard isSame else {
      throw .usage("\(file) is of another environment, algorithm or seed; choose another --runs")
    }
    guard let steps: Int = SettingValue.whole(values["steps"]?.typed ?? ""), steps >= Self.shortest,
      let count: Int = SettingValue.whole(values["candidates"]?.typed ?? ""),
      (Self.fewest...Self.most).contains(count)
    else { throw .damaged(file: file, reason: "steps or candidates are missing") }
    (self.steps, candidates, isShortened) = (steps, count, values["shortened"] == .flag(true))
  }
}
