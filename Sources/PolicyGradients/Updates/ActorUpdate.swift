internal import Policies
internal import Randomness

/// The parameters, and the optimizer that moves them.
struct Learned {
  var parameters: Parameters
  var optimizer: any Optimizer
}

/// How advantages move the actor: ``MinibatchUpdate`` or ``NaturalUpdate``.
protocol ActorUpdate {
  /// Whether advantages are brought to mean 0 and deviation 1 over the rollout.
  var normalizesBatch: Bool { get }

  /// How often advantages are estimated in an iteration: once, or anew before each pass.
  func rounds(with estimator: any AdvantageEstimator) -> Int

  /// Makes one round.
  ///
  /// - Returns: whether there is nothing more to learn from this rollout.
  mutating func ascend(
    _ learned: inout Learned, on material: UpdateMaterial, _ plan: UpdatePlan, into report: inout UpdateReport
  ) throws(UpdateFailure) -> Bool
}

/// What a round is made of.
struct UpdateMaterial {
  /// The steps, with their advantages.
  let batch: Batch
  /// Where they were observed.
  let rollout: Rollout
  /// Turns advantages into coefficients.
  let estimator: any AdvantageEstimator
}

/// How a round is made.
struct UpdatePlan {
  /// How many rounds the iteration has.
  let rounds: Int
  /// The optimizer's rate at its beginning.
  let rate: Double
  /// What the order of the steps is drawn from.
  let order: RandomStream
  /// When it is made.
  let moment: Moment
}
