internal import AscentMathematics
public import AscentPolicies

/// Computes ĝ = 1/N Σᵢ Σₜ (c(i,t) − b w(i,t)) ∇θ log πθ(a(i,t)∣o(i,t)) from a rollout.
///
/// Each lane's sum is over its steps in order; the ``LaneTree`` adds the lanes' sums.
public struct GradientEstimate {
  /// True if coefficients are normalized to mean 0 and deviation 1 over all steps.
  public var isNormalized = false
  /// The least divisor of normalized coefficients; infinite if they are to become 0.
  var leastDivisor = 0.0
  /// The weight of each step's entropy.
  public var entropyWeight = 0.0
  /// The logarithms of the trajectories' importance weights in the last estimate; empty on-policy.
  public private(set) var logWeights: [Double] = []
  /// True if ``signalToNoise`` is to be computed with the next estimate, and not after that.
  var measuresNoise = false
  /// The signal-to-noise ratio of the actor's part of ĝ when it was last measured, with lanes as its parts.
  private(set) var signalToNoise = Double.nan

  private let policy: Policy
  private let collective: any Collective
  private var table: CoefficientTable
  private var evaluation: RolloutEvaluation
  private var subtraction: BaselineSubtraction
  private var sums: ScoreSums
  private var laneGradients: [[Float]]

  /// The quantity that is subtracted from the coefficients.
  public enum Subtrahend {
    /// Nothing.
    case nothing
    /// A baseline that is computed from the trajectories.
    case baseline(any Baseline)
    /// V of each step, [lane][step].
    case values([[Double]])
  }

  /// Allocates memory for rollouts of `laneCount` lanes; the processes of `collective` divide the gradients among them.
  public init(laneCount: Int, policy: Policy, with collective: any Collective = Alone()) {
    Require.number(laneCount, of: "number of lanes", from: 1)
    (self.policy, self.collective) = (policy, collective)
    table = CoefficientTable(laneCount: laneCount)
    evaluation = RolloutEvaluation(policy, with: collective)
    subtraction = BaselineSubtraction(laneCount: laneCount, policy)
    sums = ScoreSums(policy)
    laneGradients = Array(
      repeating: Array(repeating: 0, count: policy.learnedCount), count: laneCount)
  }

  /// c(i,t) − b w(i,t) of the last estimate, [lane][step]; 0 for steps of cut episodes.
  ///
  /// A baseline for each parameter is not included.
  public var coefficients: [[Double]] { table.coefficients }

  /// Computes the coefficients of a rollout, without the gradient.
  ///
  /// - Returns: the divisor of the sum.
  @discardableResult
  public mutating func weigh(
    _ rollout: Rollout, estimator: any Estimator, subtracting subtrahend: Subtrahend, parameters θ: Parameters
  ) -> Double {
    require(rollout, subtrahend, θ)
    logWeights.removeAll(keepingCapacity: true)
    var logRatios: [[Double]] = []
    if !estimator.isOnPolicy {
      logRatios = evaluation.logRatios(rollout, policy, θ)
      for (l, lane) in rollout.lanes.enumerated() {
        for episode in lane.episodes where episode.end != .cut {
          logWeights.append(ImportanceWeights.logProduct(of: Array(logRatios[l][episode.steps])))
        }
      }
    }
    let n = table.fill(rollout, by: estimator, logRatios: logRatios, logScale: logWeights.max() ?? 0)
    switch subtrahend {
    case .nothing: break
    case .baseline(let baseline) where baseline.layout == .parameters: break
    case .baseline(let baseline):
      subtraction.sum(baseline, unit: estimator.unit, rollout, table, θ)
      subtraction.subtractFromSteps(rollout, &table)
    case .values(let values): table.subtract(values)
    }
    if isNormalized { table.normalize(rollout, least: leastDivisor) }
    return n
  }

  /// Requires a rollout of the lanes and of the policy, its parameters, and a value for each step.
  private func require(_ rollout: Rollout, _ subtrahend: Subtrahend, _ θ: Parameters) {
    rollout.require(laneGradients.count, policy.observationSize, policy.actionSize)
    Require.count(θ.values.count, of: "parameters", is: policy.parameterCount, "the policy's parameterCount")
    guard case .values(let values) = subtrahend else { return }
    Require.count(values.count, of: "values", is: rollout.lanes.count, "one array for each lane")
    for (lane, own) in zip(rollout.lanes, values) {
      Require.count(own.count, of: "values of a lane", is: lane.rewards.count, "one for each step")
    }
  }

  /// Computes ĝ of a rollout.
  ///
  /// This method does not check that the rollout was sampled with these parameters: the ``Learner`` does.
  public mutating func estimate(
    _ rollout: Rollout, estimator: any Estimator, subtracting subtrahend: Subtrahend, parameters θ: Parameters
  ) -> [Float] {
    let n = weigh(rollout, estimator: estimator, subtracting: subtrahend, parameters: θ)
    let isShared: Bool
    if case .baseline(let baseline) = subtrahend, baseline.layout == .parameters {
      isShared = false
      subtraction.sum(baseline, unit: estimator.unit, rollout, table, θ)
      for lane in laneGradients.indices {
        subtraction.addGradient(lane, of: rollout, table, θ, into: &laneGradients[lane])
      }
    } else {
      isShared = true
      for lane in collective.share(of: laneGradients.count) {
        for k in laneGradients[lane].indices { laneGradients[lane][k] = 0 }
        let steps = rollout.lanes[lane]
        sums.accumulate(
          steps.rewards.indices, of: steps, table.coefficients[lane], entropyWeight: entropyWeight, θ,
          into: &laneGradients[lane])
      }
    }
    addUp(isShared: isShared)
    let scale = Float(1 / n)
    return laneGradients[0].map { $0 * scale }
  }

  /// Adds up the gradients of the lanes, of which each process has its share, or all; the sum is that of lane 0 afterwards.
  private mutating func addUp(isShared: Bool) {
    let own = isShared ? collective.share(of: laneGradients.count) : laneGradients.indices
    var squares = Array(repeating: 0.0, count: measuresNoise ? laneGradients.count : 0)
    for lane in own where measuresNoise {
      let gradient = laneGradients[lane]
      squares[lane] = ParameterUpdate.squareNorm(gradient.span.extracting(policy.actorRange))
    }
    if isShared {
      collective.sum(&laneGradients, count: laneGradients.count, beside: &squares)
    } else {
      LaneTree.sum(&laneGradients) { addend, sum in ParameterUpdate.add(addend, to: &sum) }
    }
    if measuresNoise {
      let sum = laneGradients[0]
      signalToNoise = SignalToNoise.ratio(
        of: sum.span.extracting(policy.actorRange), parts: laneGradients.count, squares: LaneTree.sum(squares)
      )
    }
    measuresNoise = false
  }
}
