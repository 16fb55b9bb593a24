public import Policies

/// Turns a rollout into ĝ = 1/N Σᵢ Σₜ (c(i,t) − b w(i,t)) ∇θ log πθ(a(i,t)∣o(i,t)).
///
/// Each lane has its own sum, over its steps in order; the lanes' sums are added up by the ``LaneTree``.
public struct GradientEstimate {
  /// The most steps that go through the network at once; the bits do not depend on it.
  private static let largestChunk = 256

  /// The logarithms of the trajectories' importance weights in the last estimate; empty on-policy.
  public private(set) var logWeights: [Double] = []

  /// c(i,t) − b w(i,t) of the last estimate, [lane][step]; 0 for steps of episodes that were cut.
  public private(set) var coefficients: [[Double]]
  /// Whether coefficients are brought to mean 0 and deviation 1 over all steps.
  public var isNormalized = false
  /// What the entropy of each step is weighted by.
  public var entropyWeight = 0.0
  private var weights: [[Double]]
  private var logRatios: [[Double]]
  private var laneGradients: [[Float]]
  private var cells: [BaselineCells]
  private var trajectory = Trajectory()
  private var part = BaselinePart()
  private var own = BaselineCells()
  private var scores: ScorePair
  private var scoreProducts: [(product: Double, norm: Double)] = []
  private var workspace: Workspace
  private let collective: any Collective
  private var logProbabilities = Array(repeating: 0.0, count: largestChunk)

  /// Makes room for the estimates of rollouts with so many lanes, whose gradients the processes share out.
  public init(
    laneCount: Int, policy: Policy, parameterCount: Int, with collective: any Collective = Alone()
  ) {
    self.collective = collective
    coefficients = Array(repeating: [], count: laneCount)
    weights = coefficients
    logRatios = coefficients
    laneGradients = Array(repeating: Array(repeating: 0, count: parameterCount), count: laneCount)
    cells = Array(repeating: BaselineCells(), count: laneCount)
    scores = ScorePair(count: parameterCount)
    workspace = policy.makeWorkspace(rows: policy.rows(atMost: Self.largestChunk))
  }

  /// Makes the coefficients of a rollout, without their gradient; what comes back is what the sum is divided by.
  ///
  /// `values`, [lane][step], is a baseline that somebody else has worked out.
  @discardableResult
  public mutating func weigh(
    _ rollout: Rollout, estimator: any Estimator, baseline: (any Baseline)?, values: [[Double]]? = nil,
    policy: Policy, parameters θ: Parameters
  ) -> Double {
    if estimator.isOnPolicy { logWeights.removeAll() } else { compareToBehavior(rollout, policy, θ) }
    let n = weigh(rollout, by: estimator)
    if let baseline { subtract(baseline, unit: estimator.unit, rollout, policy, θ) }
    if let values { subtract(values) }
    if isNormalized { normalize(rollout) }
    return n
  }

  /// ĝ of a rollout.
  ///
  /// Nobody is asked whether the rollout is of the
  /// current parameters: that is the ``Learner``'s law.
  public mutating func estimate(
    _ rollout: Rollout, estimator: any Estimator, baseline: (any Baseline)?, values: [[Double]]? = nil,
    policy: Policy, parameters θ: Parameters
  ) -> [Float] {
    let isPerComponent = baseline is PerComponentBaseline
    let n = weigh(
      rollout, estimator: estimator, baseline: isPerComponent ? nil : baseline, values: values,
      policy: policy, parameters: θ)
    if isPerComponent {
      subtractPerComponent(rollout, policy, θ)
    } else {
      for lane in collective.share(of: laneGradients.count) {
        for k in laneGradients[lane].indices { laneGradients[lane][k] = 0 }
        Self.accumulate(
          rollout.lanes[lane], rollout.lanes[lane].rewards.indices, coefficients[lane], policy, θ, &workspace,
          entropyWeight: entropyWeight, into: &laneGradients[lane])
      }
      collective.complete(&laneGradients, count: laneGradients.count)
    }
    LaneTree.sum(&laneGradients) { addend, sum in ParameterUpdate.add(addend, to: &sum) }
    let scale = Float(1 / n)
    return laneGradients[0].map { $0 * scale }
  }
}

// MARK: Coefficients

extension GradientEstimate {
  /// c and w of every step; what comes back is the number that the sum is divided by.
  private mutating func weigh(_ rollout: Rollout, by estimator: any Estimator) -> Double {
    let logScale = logWeights.max() ?? 0
    var normalizers = Array(repeating: 0.0, count: coefficients.count)
    for lane in coefficients.indices {
      let count = rollout.lanes[lane].rewards.count
      coefficients[lane].removeAll(keepingCapacity: true)
      coefficients[lane].append(contentsOf: repeatElement(0, count: count))
      weights[lane].removeAll(keepingCapacity: true)
      weights[lane].append(contentsOf: repeatElement(0, count: count))
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        rollout.load(episode, lane: lane, into: &trajectory)
        if !estimator.isOnPolicy {
          trajectory.logRatios.append(contentsOf: logRatios[lane][episode.steps])
          trajectory.logScale = logScale
        }
        part.resize(episode.steps.count)
        estimator.coefficients(of: trajectory, into: &part.coefficients)
        estimator.weights(of: trajectory, into: &part.weights)
        for (k, step) in episode.steps.enumerated() {
          coefficients[lane][step] = part.coefficients[k]
          weights[lane][step] = part.weights[k]
        }
        normalizers[lane] += estimator.normalizer(of: trajectory)
      }
    }
    return LaneTree.sum(normalizers)
  }

  /// log ρ of every step, and of every complete trajectory.
  private mutating func compareToBehavior(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) {
    logWeights.removeAll(keepingCapacity: true)
    for lane in logRatios.indices {
      let steps = rollout.lanes[lane]
      logRatios[lane].removeAll(keepingCapacity: true)
      for passage in Self.passages(of: steps, steps.rewards.indices, policy) {
        if logProbabilities.count < passage.rows.count {
          logProbabilities = Array(repeating: 0, count: passage.rows.count)
        }
        policy.logProbabilities(
          θ, of: steps.actions, on: steps.observations, rows: passage.rows, along: passage.sequences,
          in: &workspace, into: &logProbabilities)
        for (k, t) in passage.rows.enumerated() {
          logRatios[lane].append(logProbabilities[k] - steps.logProbabilities[t])
        }
      }
      for episode in steps.episodes where episode.end != .cut {
        logWeights.append(ImportanceWeights.logProduct(of: Array(logRatios[lane][episode.steps])))
      }
    }
  }

  private static func passages(
    of steps: Rollout.Lane, _ range: Range<Int>, _ policy: Policy
  ) -> [Passage] {
    steps.passages(range, policy, atMost: policy.rows(atMost: largestChunk))
  }
}

// MARK: Baselines

extension GradientEstimate {
  /// c ← c − b w.
  private mutating func subtract(
    _ baseline: any Baseline, unit: EstimatorUnit, _ rollout: Rollout, _ policy: Policy, _ θ: Parameters
  ) {
    scoreProducts.removeAll(keepingCapacity: true)
    for lane in cells.indices {
      cells[lane].removeAll()
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        load(episode, lane, unit)
        if baseline.needsScores {
          score(rollout.lanes[lane], episode, lane, policy, θ)
          scoreProducts.append(scores.products)
          (part.scoreProduct, part.scoreNorm) = scores.products
        }
        baseline.add(part, to: &cells[lane])
      }
    }
    let total = BaselineCells.sum(cells)
    var seen = 0
    for lane in cells.indices {
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        if baseline.leavesOneOut {
          load(episode, lane, unit)
          if baseline.needsScores { (part.scoreProduct, part.scoreNorm) = scoreProducts[seen] }
          seen += 1
          own.removeAll()
          baseline.add(part, to: &own)
        }
        if total.numerators.count == 1 {
          let b = baseline.leavesOneOut ? total.value(0, without: own) : total.value(0)
          for step in episode.steps { coefficients[lane][step] -= b * weights[lane][step] }
          continue
        }
        for (t, step) in episode.steps.enumerated() {
          let cell = baseline.cell(of: t)
          let b = baseline.leavesOneOut ? total.value(cell, without: own) : total.value(cell)
          coefficients[lane][step] -= b * weights[lane][step]
        }
      }
    }
  }

  /// c ← c − V w, at the steps whose episodes were seen to their ends.
  private mutating func subtract(_ values: [[Double]]) {
    for lane in coefficients.indices {
      for t in coefficients[lane].indices { coefficients[lane][t] -= values[lane][t] * weights[lane][t] }
    }
  }

  /// c ← (c − mean) / deviation over the steps whose episodes were seen to their ends.
  private mutating func normalize(_ rollout: Rollout) {
    func sum(_ term: (Double) -> Double) -> Double {
      LaneTree.sum(
        rollout.lanes.indices.map { l in
          rollout.lanes[l].episodes.filter { $0.end != .cut }.reduce(0) { sum, episode in
            episode.steps.reduce(sum) { $0 + term(coefficients[l][$1]) }
          }
        })
    }
    let count = sum { _ in 1 }
    let mean = sum { $0 } / count
    let deviation = (sum { ($0 - mean) * ($0 - mean) } / count).squareRoot()
    for (l, lane) in rollout.lanes.enumerated() {
      for episode in lane.episodes where episode.end != .cut {
        for t in episode.steps { coefficients[l][t] = (coefficients[l][t] - mean) / (deviation + 1e-8) }
      }
    }
  }

  /// One trajectory's coefficients and weights as a baseline sees them.
  private mutating func load(_ episode: Rollout.Episode, _ lane: Int, _ unit: EstimatorUnit) {
    part.unit = unit
    part.coefficients.removeAll(keepingCapacity: true)
    part.coefficients.append(contentsOf: coefficients[lane][episode.steps])
    part.weights.removeAll(keepingCapacity: true)
    part.weights.append(contentsOf: weights[lane][episode.steps])
  }

  /// C and W of one trajectory.
  private mutating func score(
    _ steps: Rollout.Lane, _ episode: Rollout.Episode, _ lane: Int, _ policy: Policy, _ θ: Parameters
  ) {
    scores.clear()
    Self.accumulate(steps, episode.steps, coefficients[lane], policy, θ, &workspace, into: &scores.c)
    Self.accumulate(steps, episode.steps, weights[lane], policy, θ, &workspace, into: &scores.w)
  }

  /// Σᵢ (Cᵢ(k) − b(k) Wᵢ(k)) for each parameter k, into the lanes' gradients.
  private mutating func subtractPerComponent(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) {
    for lane in cells.indices {
      cells[lane].removeAll()
      cells[lane].reserve(scores.c.count)
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        score(rollout.lanes[lane], episode, lane, policy, θ)
        scores.addProducts(to: &cells[lane])
      }
    }
    let total = BaselineCells.sum(cells)
    own.removeAll()
    own.reserve(scores.c.count)
    for lane in cells.indices {
      for k in laneGradients[lane].indices { laneGradients[lane][k] = 0 }
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        score(rollout.lanes[lane], episode, lane, policy, θ)
        scores.writeProducts(to: &own)
        for k in laneGradients[lane].indices {
          let b = Float(total.value(k, without: own))
          laneGradients[lane][k] += scores.c[k] - b * scores.w[k]
        }
      }
    }
  }

  /// g += Σ c ∇log π over some steps of a lane.
  private static func accumulate(
    _ steps: Rollout.Lane, _ range: Range<Int>, _ coefficients: [Double], _ policy: Policy,
    _ θ: Parameters, _ workspace: inout Workspace, entropyWeight: Double = 0, into gradient: inout [Float]
  ) {
    for passage in passages(of: steps, range, policy) {
      policy.accumulateScore(
        θ, of: steps.actions, on: steps.observations, weightedBy: coefficients,
        entropyWeight: entropyWeight, rows: passage.rows, along: passage.sequences, in: &workspace,
        into: &gradient)
    }
  }
}
