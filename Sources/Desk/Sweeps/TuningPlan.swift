package import AscentExperiments
import AscentPolicyGradients

/// The trials of a tuning: successive halving over drawn settings, then the winner beside the default on fresh seeds.
///
/// With F the steps of a whole training and n settings: n trainings of F/9 steps, the best third of F/3, the best ninth of F,
/// and seven of F for the winner and seven for the default. Each is a training of its own, with schedules of its own length.
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
  ///
  /// Fewer could not show that the one is better (``Comparison``).
  package static let freshSeeds = 7
  /// The smallest n, the largest n and the smallest F.
  private static let (fewest, most, shortest) = (9, 729, 450)

  /// Plans within a budget.
  ///
  /// - Parameters:
  ///   - configuration: the default: its environment, algorithm and steps.
  ///   - seed: the seed of the draws.
  ///   - budget: the steps of all trainings together; nil for 23 F, with n = 27.
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

  /// A plan with the numbers of a file; nil if they are none of a plan.
  init?(
    _ environment: String, _ algorithm: String, seed: UInt64, steps: Int, candidates: Int, isShortened: Bool
  ) {
    guard steps >= Self.shortest, (Self.fewest...Self.most).contains(candidates) else { return nil }
    (self.environment, self.algorithm, self.seed) = (environment, algorithm, seed)
    (self.steps, self.candidates, self.isShortened) = (steps, candidates, isShortened)
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
}
