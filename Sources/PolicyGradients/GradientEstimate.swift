internal import Policies

/// Turns a rollout into ĝ = 1/N Σᵢ Σₜ c(i,t) ∇θ log πθ(a(i,t)∣o(i,t)).
///
/// Each lane has its own sum, over its steps in order; the lanes' sums are added up by the ``LaneTree``.
struct GradientEstimate {
  /// How many steps go through the network at once; the bits do not depend on it.
  static let rowsAtOnce = 256

  private var coefficients: [[Double]]
  private var laneGradients: [[Float]]
  private var trajectory = Trajectory()
  private var scratch: [Double] = []
  private var workspace: Workspace

  init(laneCount: Int, policy: any Policy, parameterCount: Int) {
    coefficients = Array(repeating: [], count: laneCount)
    laneGradients = Array(repeating: Array(repeating: 0, count: parameterCount), count: laneCount)
    workspace = policy.makeWorkspace(rows: Self.rowsAtOnce)
  }

  /// ĝ, valid until the next estimate.
  ///
  /// Steps of episodes that were cut have coefficient 0.
  mutating func estimate(
    _ rollout: Rollout, estimator: any Estimator, baseline: (any Baseline)?, policy: any Policy,
    parameters θ: Parameters
  ) -> [Float] {
    weigh(rollout, by: estimator, baseline)
    for lane in laneGradients.indices {
      accumulate(rollout.lanes[lane], lane, policy, θ)
    }
    LaneTree.sum(&laneGradients) { addend, sum in ParameterUpdate.add(addend, to: &sum) }
    let n = Float(rollout.completeEpisodeCount)
    return laneGradients[0].map { $0 / n }
  }

  private mutating func weigh(_ rollout: Rollout, by estimator: any Estimator, _ baseline: (any Baseline)?) {
    let laneCount = coefficients.count
    var numerators = Array(repeating: 0.0, count: laneCount)
    var denominators = Array(repeating: 0.0, count: laneCount)
    for lane in 0..<laneCount {
      coefficients[lane].removeAll(keepingCapacity: true)
      coefficients[lane].append(contentsOf: repeatElement(0, count: rollout.lanes[lane].rewards.count))
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        rollout.load(episode, lane: lane, into: &trajectory)
        weigh(episode, lane, by: estimator)
        guard let baseline else { continue }
        let part = baseline.contribution(of: scratch.span, unit: estimator.unit)
        numerators[lane] += part.numerator
        denominators[lane] += part.denominator
      }
    }
    guard baseline != nil else { return }
    let b = LaneTree.sum(numerators) / LaneTree.sum(denominators)
    for lane in 0..<laneCount {
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        for t in episode.steps { coefficients[lane][t] -= b }
      }
    }
  }

  /// Writes the loaded trajectory's coefficients where its steps are.
  private mutating func weigh(_ episode: Rollout.Episode, _ lane: Int, by estimator: any Estimator) {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: repeatElement(0, count: episode.steps.count))
    estimator.coefficients(of: trajectory, into: &scratch)
    for (k, t) in episode.steps.enumerated() { coefficients[lane][t] = scratch[k] }
  }

  private mutating func accumulate(
    _ steps: Rollout.Lane, _ lane: Int, _ policy: any Policy, _ θ: Parameters
  ) {
    for k in laneGradients[lane].indices { laneGradients[lane][k] = 0 }
    var first = 0
    while first < steps.rewards.count {
      let rows = first..<min(first + Self.rowsAtOnce, steps.rewards.count)
      policy.accumulateScore(
        θ, of: steps.actions, on: steps.observations, weightedBy: coefficients[lane], rows: rows,
        in: &workspace, into: &laneGradients[lane])
      first = rows.upperBound
    }
  }
}
