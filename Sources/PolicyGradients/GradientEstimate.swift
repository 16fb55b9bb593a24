public import Policies

/// Turns a rollout into ĝ = 1/N Σᵢ Σₜ c(i,t) ∇θ log πθ(a(i,t)∣o(i,t)).
///
/// Each lane has its own sum, over its steps in order; the lanes' sums are added up by the ``LaneTree``.
struct GradientEstimate {
  /// How many steps go through the network at once; the bits do not depend on it.
  static let rowsAtOnce = 256

  private var coefficients: [[Double]]
  private var laneGradients: [[Float]]
  private var trajectory = Trajectory()
  private var workspace: Workspace

  init(laneCount: Int, policy: any Policy, parameterCount: Int) {
    coefficients = Array(repeating: [], count: laneCount)
    laneGradients = Array(repeating: Array(repeating: 0, count: parameterCount), count: laneCount)
    workspace = policy.makeWorkspace(rows: Self.rowsAtOnce)
  }

  /// ĝ, valid until the next estimate. Steps of episodes that were cut have coefficient 0.
  mutating func estimate(
    _ rollout: Rollout, estimator: any Estimator, baseline: (any Baseline)?, policy: any Policy,
    parameters θ: Parameters
  ) -> [Float] {
    weigh(rollout, by: estimator, baseline)
    for lane in laneGradients.indices {
      accumulate(rollout.lanes[lane], lane, rollout, policy, θ)
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
        var all = coefficients[lane].mutableSpan
        var c = all.extracting(episode.steps)
        estimator.coefficients(of: trajectory, into: &c)
        guard let baseline else { continue }
        let part = baseline.contribution(of: c.span, unit: estimator.unit)
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

  private mutating func accumulate(
    _ steps: Rollout.Lane, _ lane: Int, _ rollout: Rollout, _ policy: any Policy, _ θ: Parameters
  ) {
    for k in laneGradients[lane].indices { laneGradients[lane][k] = 0 }
    var gradient = laneGradients[lane].mutableSpan
    var first = 0
    while first < steps.rewards.count {
      let rows = min(Self.rowsAtOnce, steps.rewards.count - first)
      let (o, a) = (rollout.observationSize, rollout.actionSize)
      policy.accumulateScore(
        θ, of: steps.actions.span.extracting(first * a..<(first + rows) * a),
        on: steps.observations.span.extracting(first * o..<(first + rows) * o),
        weightedBy: coefficients[lane].span.extracting(first..<first + rows), rows: rows, in: &workspace,
        into: &gradient)
      first += rows
    }
  }
}
