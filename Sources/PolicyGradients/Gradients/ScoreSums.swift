internal import AscentMathematics
internal import AscentPolicies

/// Computes Σ c ∇log π + e ∇H over steps of a lane.
struct ScoreSums {
  /// The largest number of steps per forward pass; the results do not depend on it, bit for bit.
  static let largestPassage = 256

  private let policy: Policy
  private var workspace: Workspace
  private var observations: [Float] = []
  private var weights = GradientWeights(rows: largestPassage)

  init(_ policy: Policy) {
    self.policy = policy
    workspace = policy.makeWorkspace(rows: policy.rows(atMost: Self.largestPassage))
  }

  /// g += Σ c ∇log π + e ∇H over some steps, in order; for a recurrent policy they must be whole episodes.
  ///
  /// - Parameters:
  ///   - steps: the steps of the lane.
  ///   - lane: the lane.
  ///   - coefficients: c of each step of the lane.
  ///   - entropyWeight: e.
  ///   - θ: the parameters.
  ///   - gradient: g.
  mutating func accumulate(
    _ steps: Range<Int>, of lane: Rollout.Lane, _ coefficients: [Double], entropyWeight: Double = 0,
    _ θ: Parameters, into gradient: inout [Float]
  ) {
    for passage in lane.passages(steps, policy, atMost: policy.rows(atMost: Self.largestPassage)) {
      let rows = passage.rows
      if weights.scores.count < rows.count { weights = GradientWeights(rows: rows.count) }
      for (k, t) in rows.enumerated() {
        (weights.scores[k], weights.entropies[k]) = (coefficients[t], entropyWeight)
      }
      observations.removeAll(keepingCapacity: true)
      lane.gatherObservations(of: rows, into: &observations)
      let gathered = observations
      policy.forward(
        θ, on: gathered.span, rows: rows.count, .actor, along: passage.sequences, in: &workspace)
      var g = gradient.mutableSpan
      policy.accumulateGradient(
        θ, of: lane.actions.span.extracting(lane.values[rows]), on: gathered.span, weights: weights,
        in: &workspace, into: &g)
    }
  }
}

/// The score sums of one trajectory, and the products of them that baselines need.
struct TrajectoryScores {
  /// C = Σₜ c ∇log π and W = Σₜ w ∇log π.
  private(set) var c, w: [Float]
  private var sums: ScoreSums
  private var single: [Double] = []
  private let remembers: Bool

  init(_ policy: Policy) {
    c = Array(repeating: 0, count: policy.learnedCount)
    w = c
    sums = ScoreSums(policy)
    remembers = policy.remembers
  }

  /// Computes C and W of one trajectory.
  mutating func compute(
    _ episode: Rollout.Episode, _ l: Int, of rollout: Rollout, _ table: CoefficientTable, _ θ: Parameters
  ) {
    for k in c.indices { (c[k], w[k]) = (0, 0) }
    let lane = rollout.lanes[l]
    sums.accumulate(episode.steps, of: lane, table.coefficients[l], θ, into: &c)
    sums.accumulate(episode.steps, of: lane, table.weights[l], θ, into: &w)
  }

  /// Writes ⟨C, W⟩ and ‖W‖².
  func writeProducts(to part: inout BaselinePart) {
    var (product, norm) = (0.0, 0.0)
    for k in c.indices {
      product += Double(c[k]) * Double(w[k])
      norm += Double(w[k]) * Double(w[k])
    }
    (part.scoreProducts, part.scoreNorms) = ([product], [norm])
  }

  /// Writes C(k) W(k) and W(k)².
  func writeProductsOfParameters(to part: inout BaselinePart) {
    part.scoreProducts.resize(to: c.count)
    part.scoreNorms.resize(to: c.count)
    for k in c.indices {
      part.scoreProducts[k] = Double(c[k]) * Double(w[k])
      part.scoreNorms[k] = Double(w[k]) * Double(w[k])
    }
  }

  /// Writes c w ‖∇log π‖² and w² ‖∇log π‖² of each step; c and w are read from the part.
  ///
  /// The score of a recurrent policy's step backpropagates through the episode, so the whole episode is evaluated.
  mutating func writeProductsOfSteps(
    _ episode: Rollout.Episode, _ l: Int, of rollout: Rollout, _ θ: Parameters, to part: inout BaselinePart
  ) {
    part.scoreProducts.resize(to: episode.steps.count)
    part.scoreNorms.resize(to: episode.steps.count)
    single.removeAll(keepingCapacity: true)
    single.append(contentsOf: repeatElement(0, count: rollout.lanes[l].rewards.count))
    for (k, t) in episode.steps.enumerated() {
      for i in w.indices { w[i] = 0 }
      single[t] = 1
      let rows = remembers ? episode.steps : t..<t + 1
      sums.accumulate(rows, of: rollout.lanes[l], single, θ, into: &w)
      single[t] = 0
      let norm = ParameterUpdate.squareNorm(w.span)
      part.scoreProducts[k] = part.coefficients[k] * part.weights[k] * norm
      part.scoreNorms[k] = part.weights[k] * part.weights[k] * norm
    }
  }
}
