/// The coefficients c(i,t) and weights w(i,t) of a rollout, [lane][step]; 0 for steps of cut episodes.
struct CoefficientTable {
  /// The coefficients c.
  var coefficients: [[Double]]
  /// The weights w.
  private(set) var weights: [[Double]]
  private var trajectory = Trajectory()
  private var part = BaselinePart()

  init(laneCount: Int) {
    coefficients = Array(repeating: [], count: laneCount)
    weights = coefficients
  }

  /// Fills the table.
  ///
  /// - Parameters:
  ///   - rollout: the steps.
  ///   - estimator: the rule for coefficients.
  ///   - logRatios: log ρ, [lane][step]; empty on-policy.
  ///   - logScale: the largest Σₜ log ρ(t) of a trajectory.
  /// - Returns: the divisor of the sum.
  mutating func fill(
    _ rollout: Rollout, by estimator: any Estimator, logRatios: [[Double]], logScale: Double
  ) -> Double {
    var normalizers = Array(repeating: 0.0, count: coefficients.count)
    for lane in coefficients.indices {
      let count = rollout.lanes[lane].rewards.count
      coefficients[lane].removeAll(keepingCapacity: true)
      coefficients[lane].append(contentsOf: repeatElement(0, count: count))
      weights[lane].removeAll(keepingCapacity: true)
      weights[lane].append(contentsOf: repeatElement(0, count: count))
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        rollout.load(episode, lane: lane, into: &trajectory)
        if !logRatios.isEmpty {
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

  /// Copies one trajectory's coefficients and weights.
  func load(_ episode: Rollout.Episode, _ lane: Int, into part: inout BaselinePart) {
    part.coefficients.removeAll(keepingCapacity: true)
    part.coefficients.append(contentsOf: coefficients[lane][episode.steps])
    part.weights.removeAll(keepingCapacity: true)
    part.weights.append(contentsOf: weights[lane][episode.steps])
  }

  /// c ← c − b w for one step.
  mutating func subtract(_ b: Double, _ lane: Int, _ step: Int) {
    coefficients[lane][step] -= b * weights[lane][step]
  }

  /// c ← c − V w for every step.
  mutating func subtract(_ values: [[Double]]) {
    for lane in coefficients.indices {
      for t in coefficients[lane].indices { subtract(values[lane][t], lane, t) }
    }
  }

  /// c ← (c − mean) / max(deviation, least) over the steps of complete episodes.
  mutating func normalize(_ rollout: Rollout, least: Double) {
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
    let deviation = max((sum { ($0 - mean) * ($0 - mean) } / count).squareRoot(), least)
    for (l, lane) in rollout.lanes.enumerated() {
      for episode in lane.episodes where episode.end != .cut {
        for t in episode.steps { coefficients[l][t] = (coefficients[l][t] - mean) / (deviation + 1e-8) }
      }
    }
  }
}
