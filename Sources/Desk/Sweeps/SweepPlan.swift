package import AscentExperiments

/// A sweep as its file describes it: settings to try, each with several seeds.
package struct SweepPlan: Equatable, Sendable {
  /// The way in which settings are chosen.
  package enum Method: String, CaseIterable, Sendable {
    /// All combinations of `[grid]`.
    case grid
    /// Draws from `[space]`, on Ascent's streams.
    case random
    /// Optuna's tree-structured Parzen estimator.
    case tpe
    /// Optuna's covariance matrix adaptation, which needs the package cmaes.
    case cmaes

    /// True if Optuna proposes the settings.
    package var needsOptuna: Bool { self == .tpe || self == .cmaes }
  }

  /// The rule that stops settings early which fall behind.
  package enum Pruner: String, CaseIterable, Sendable {
    case none, median, hyperband
    case halving = "successive-halving"
  }

  /// The environment.
  package var environment = ""
  /// The algorithms.
  package var algorithms = ["ppo"]
  /// The seeds of the trainings.
  package var seeds: [UInt64] = []
  /// The steps of a training; nil for those of the preset.
  package var steps: Int?
  /// The way in which settings are chosen.
  package var method = Method.grid
  /// The number of settings that are drawn for each algorithm; nil for a grid.
  package var trials: Int?
  /// The seed of the draws.
  package var seed: UInt64 = 1
  /// The number of settings that are proposed together.
  package var batch: Int?
  /// The rule that stops settings early.
  package var pruner = Pruner.none
  /// The return that counts as solved, for the optimality gap.
  package var goal: Double?
  /// The preset; nil for that of the environment.
  package var preset: String?
  /// A file of settings for `--config`.
  package var config: String?
  /// The settings of all trials.
  package var settings: [Assignment] = []
  /// The settings that vary.
  package var ranges: [SweepRange] = []
  /// The number of held-out episodes of a trial.
  package var episodes = 100
  /// The seed of the held-out episodes.
  package var evaluationSeed: UInt64 = 1

  /// Makes a plan of nothing.
  package init() {}

  /// The largest number of trials of a sweep.
  package static let mostTrials = 10_000

  /// The number of settings that are proposed together, where none is given: several, so that processors have work; but one
  /// where a pruner compares what runs with what has ended.
  package var batchSize: Int { batch ?? (pruner == .none ? 4 : 1) }

  /// True if Optuna proposes settings or stops some.
  package var needsOptuna: Bool { method.needsOptuna || pruner != .none }

  /// The arguments of `ascent train` for settings, without the seed.
  package func arguments(_ candidate: Candidate) -> [String] {
    [environment, "--algorithm", candidate.algorithm]
      + (preset.map { ["--preset", $0] } ?? []) + (config.map { ["--config", $0] } ?? [])
      + (steps.map { ["--steps", String($0)] } ?? [])
      + (settings + candidate.values).flatMap(\.arguments)
  }

  /// The trial of settings and a seed.
  package func trial(_ candidate: Candidate, _ seed: UInt64) -> Trial {
    Trial(group: candidate.name, seed: seed, arguments: arguments(candidate))
  }

  /// Checks that a plan goes on with another one, of which it may only have more seeds and more trials.
  ///
  /// - Parameters:
  ///   - old: the plan of the folder.
  ///   - folder: the folder, for the message.
  /// - Throws: ``ExperimentError/usage(_:)``.
  package func checkContinues(_ old: SweepPlan, in folder: String) throws(ExperimentError) {
    var same = old
    // What Optuna proposes depends on the scores of all seeds before.
    let isMore =
      (method.needsOptuna ? old.seeds == seeds : old.seeds.allSatisfy(seeds.contains))
      && (trials ?? 0) >= (old.trials ?? 0)
    (same.seeds, same.trials, same.goal) = (seeds, trials, goal)
    guard same == self, isMore else {
      throw .usage(
        "\(folder) has another sweep (see \(folder)/sweep.toml): only seeds, trials and goal may change, and of the first two there "
          + "may only be more; choose another --out")
    }
  }
}

/// Settings that a sweep tries, with a name.
package struct Candidate: Equatable, Sendable {
  /// The name: `ppo`, or `ppo-3` where an algorithm has several.
  package let name: String
  /// The algorithm.
  package let algorithm: String
  /// The settings that vary.
  package let values: [Assignment]

  /// The settings in words, for tables.
  package var label: String { ([name] + values.map(\.short)).joined(separator: " ") }
}
