internal import AscentPolicies

/// Computes a baseline from a rollout and subtracts it from the coefficients.
struct BaselineSubtraction {
  private var baseline: any Baseline = AverageBaseline()
  private var unit = EstimatorUnit.step
  private var cells: [BaselineCells]
  private var total = BaselineCells()
  private var part = BaselinePart()
  private var own = BaselineCells()
  private var scores: TrajectoryScores
  /// The scores of each trajectory, stored for the second pass if the baseline leaves trajectories out.
  private var scoresOfTrajectories: [(products: [Double], norms: [Double])] = []

  init(laneCount: Int, _ policy: Policy) {
    cells = Array(repeating: BaselineCells(), count: laneCount)
    scores = TrajectoryScores(policy)
  }

  /// Adds up the baseline's sums over all trajectories.
  mutating func sum(
    _ baseline: any Baseline, unit: EstimatorUnit, _ rollout: Rollout, _ table: CoefficientTable,
    _ θ: Parameters
  ) {
    (self.baseline, self.unit) = (baseline, unit)
    scoresOfTrajectories.removeAll(keepingCapacity: true)
    for lane in cells.indices {
      cells[lane].removeAll()
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        load(episode, lane, rollout, table, θ)
        if baseline.leavesOneOut, baseline.layout != .parameters {
          scoresOfTrajectories.append((part.scoreProducts, part.scoreNorms))
        }
        baseline.add(part, to: &cells[lane])
      }
    }
    total = BaselineCells.sum(cells)
  }

  /// Loads one trajectory's coefficients and weights, and computes the scores that the baseline needs.
  private mutating func load(
    _ episode: Rollout.Episode, _ lane: Int, _ rollout: Rollout, _ table: CoefficientTable, _ θ: Parameters
  ) {
    part.unit = unit
    table.load(episode, lane, into: &part)
    switch baseline.scores {
    case .none: break
    case .trajectories:
      scores.compute(episode, lane, of: rollout, table, θ)
      scores.writeProducts(to: &part)
    case .steps: scores.writeProductsOfSteps(episode, lane, of: rollout, θ, to: &part)
    case .parameters:
      scores.compute(episode, lane, of: rollout, table, θ)
      scores.writeProductsOfParameters(to: &part)
    }
  }

  /// c ← c − b w, for a baseline with one cell for all steps or one for each time.
  mutating func subtractFromSteps(_ rollout: Rollout, _ table: inout CoefficientTable) {
    var seen = 0
    for lane in cells.indices {
      for episode in rollout.lanes[lane].episodes where episode.end != .cut {
        if baseline.leavesOneOut {
          part.unit = unit
          table.load(episode, lane, into: &part)
          (part.scoreProducts, part.scoreNorms) = scoresOfTrajectories[seen]
          seen += 1
          own.removeAll()
          baseline.add(part, to: &own)
        }
        let rest = baseline.leavesOneOut ? own : nil
        guard baseline.layout == .times else {
          let b = total.value(0, without: rest)
          for step in episode.steps { table.subtract(b, lane, step) }
          continue
        }
        for (t, step) in episode.steps.enumerated() {
          table.subtract(total.value(t, without: rest), lane, step)
        }
      }
    }
  }

  /// g = Σᵢ (Cᵢ(k) − b(k) Wᵢ(k)) over a lane's trajectories, for a baseline with one cell for each parameter.
  mutating func addGradient(
    _ lane: Int, of rollout: Rollout, _ table: CoefficientTable, _ θ: Parameters, into gradient: inout [Float]
  ) {
    for k in gradient.indices { gradient[k] = 0 }
    for episode in rollout.lanes[lane].episodes where episode.end != .cut {
      load(episode, lane, rollout, table, θ)
      if baseline.leavesOneOut {
        own.removeAll()
        own.reserve(gradient.count)
        baseline.add(part, to: &own)
      }
      for k in gradient.indices {
        let b = Float(baseline.leavesOneOut ? total.value(k, without: own) : total.value(k))
        gradient[k] += scores.c[k] - b * scores.w[k]
      }
    }
  }
}
