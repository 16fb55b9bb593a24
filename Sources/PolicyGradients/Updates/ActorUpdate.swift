internal import AscentPolicies
internal import AscentRandomness

/// The parameters and the optimizer that updates them.
struct Learned {
  var parameters: Parameters
  var optimizer: any Optimizer
}

/// An update of the actor from advantages: ``MinibatchUpdate`` or ``NaturalUpdate``.
protocol ActorUpdate {
  /// True if advantages are normalized to mean 0 and deviation 1 over the rollout.
  var normalizesBatch: Bool { get }

  /// The number of times that advantages are estimated in an iteration: once, or before each pass.
  func rounds(with estimator: any AdvantageEstimator) -> Int

  /// The number of times that the update reads all observations of a rollout, each in an order of its own; nil if each process
  /// reads all.
  var passes: Int? { get }

  /// Runs one round; `rollout` has the steps' observations.
  ///
  /// - Returns: true if the remaining rounds on this rollout are to be skipped.
  mutating func ascend(
    _ learned: inout Learned, on material: UpdateMaterial, of rollout: inout Rollout, _ plan: UpdatePlan,
    into report: inout UpdateReport
  ) throws(UpdateFailure) -> Bool
}

/// The inputs of a round.
struct UpdateMaterial {
  /// The steps, with their advantages.
  let batch: Batch
  /// The estimator that converts advantages to coefficients.
  let estimator: any AdvantageEstimator
  /// The least divisor of normalized advantages.
  var leastDivisor = 0.0
}

/// The parameters of a round.
struct UpdatePlan {
  /// The number of rounds of the iteration.
  let rounds: Int
  /// The optimizer's rate at the beginning of the run.
  let rate: Double
  /// The stream that the order of the steps is drawn from.
  let order: RandomStream
  /// The time of the round in the run.
  let moment: Moment
}
