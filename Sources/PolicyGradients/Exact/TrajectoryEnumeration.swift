public import AscentEnvironments
internal import AscentMathematics

/// All trajectories of a finite process over a short horizon, with their probabilities.
///
///     p(τ) = p(s₁) Πₜ π(aₜ∣sₜ) p(sₜ₊₁∣sₜ,aₜ)
///
/// A reference for the estimators: it gives their exact expectations and variances.
public struct TrajectoryEnumeration: Sendable {
  /// The largest number of trajectories that is enumerated.
  public static let most = 4_000_000

  /// The moments of one trajectory's estimate C = Σₜ c(t) ∇log π(t) and of its score W = Σₜ w(t) ∇log π(t).
  public struct Moments: Sendable {
    /// The number of trajectories.
    public var count = 0
    /// Σ p(τ), which is 1 up to rounding.
    public var probability = 0.0
    /// E[r(τ)].
    public var objective = 0.0
    /// z with E[C] = Σ z ∇log π, [state × action].
    public var coefficients: [Double]
    /// z with E[W] = Σ z ∇log π; the expectation is 0, although z is not.
    public var scores: [Double]
    /// z with E[m W] = Σ z ∇log π, where m is the trajectory's contribution to the average baseline.
    public var averaged: [Double]
    /// E[‖C‖²].
    public var squares = 0.0
    /// E[⟨C, W⟩].
    public var crossed = 0.0
    /// E[‖W‖²].
    public var scoreSquares = 0.0

    /// b* = E[⟨C, W⟩] / E[‖W‖²].
    public var optimalBaseline: Double { crossed / scoreSquares }

    /// The trace of the covariance of C − b W for a constant b, given E[W] = 0; `mean` is ‖E[C]‖².
    public func variance(baseline b: Double = 0, mean: Double) -> Double {
      squares - 2 * b * crossed + b * b * scoreSquares - mean
    }
  }

  private let process: MarkovDecisionProcess
  private let policy: PolicyTable
  private let products: [[Double]]
  private let horizon: Int

  /// Prepares the enumeration; nil if there may be more than ``most`` trajectories.
  public init?(of policy: PolicyTable, in process: MarkovDecisionProcess, horizon: Int) {
    Require.number(horizon, of: "horizon", from: 0)
    Require.count(
      policy.stateCount, of: "states of the table", is: process.stateCount, "those of the process")
    Require.count(
      policy.actionCount, of: "actions of the table", is: process.actionCount, "those of the process")
    self.process = process
    guard Self.count(process, horizon) != nil else { return nil }
    self.policy = policy
    self.horizon = horizon
    products = policy.products
  }

  /// The number of trajectories, by dynamic programming; nil above ``most``.
  private static func count(_ process: MarkovDecisionProcess, _ horizon: Int) -> Int? {
    var paths = process.initial.map { $0 > 0 ? 1 : 0 }
    var ended = 0
    for _ in 0..<horizon {
      var next = Array(repeating: 0, count: process.stateCount)
      for s in 0..<process.stateCount where paths[s] > 0 {
        for a in 0..<process.actionCount {
          for s2 in 0..<process.stateCount where process.transition[process.index(s, a, s2)] > 0 {
            if process.terminal[s2] { ended += paths[s] } else { next[s2] += paths[s] }
          }
        }
      }
      paths = next
      guard paths.reduce(ended, +) <= most else { return nil }
    }
    return paths.reduce(ended, +)
  }

  /// Calls `body` for every trajectory with its probability, its steps' indices s |A| + a, its rewards and its end.
  public func visit(
    _ body: (_ probability: Double, _ steps: [Int], _ rewards: [Double], Trajectory.End) -> Void
  ) {
    var (steps, rewards) = ([Int](), [Double]())
    for s in 0..<process.stateCount where process.initial[s] > 0 {
      descend(s, process.initial[s], &steps, &rewards, body)
    }
  }

  private func descend(
    _ s: Int, _ p: Double, _ steps: inout [Int], _ rewards: inout [Double],
    _ body: (Double, [Int], [Double], Trajectory.End) -> Void
  ) {
    if process.terminal[s] { return body(p, steps, rewards, .terminated) }
    if steps.count == horizon { return body(p, steps, rewards, .truncated) }
    for a in 0..<process.actionCount {
      let k = s * process.actionCount + a
      steps.append(k)
      for s2 in 0..<process.stateCount {
        let j = process.index(s, a, s2)
        guard process.transition[j] > 0 else { continue }
        rewards.append(process.reward[j])
        descend(s2, p * policy.probabilities[k] * process.transition[j], &steps, &rewards, body)
        rewards.removeLast()
      }
      steps.removeLast()
    }
  }

  /// The moments of an estimator, computed with its own code.
  ///
  /// `behavior` is the table of the policy π̄ that acted, if that is not the evaluated policy.
  public func moments(of estimator: any Estimator, behavior: PolicyTable? = nil) -> Moments {
    if let behavior {
      Require.count(
        behavior.probabilities.count, of: "table of the policy that acted", is: policy.probabilities.count,
        "that of the evaluated policy")
    }
    let zeros = Array(repeating: 0.0, count: policy.stateCount * policy.actionCount)
    var moments = Moments(coefficients: zeros, scores: zeros, averaged: zeros)
    visit { p, steps, rewards, end in
      var trajectory = Trajectory(rewards: rewards, end: end)
      var probability = p
      if let behavior {
        trajectory.logRatios = steps.map { k in
          logarithm(policy.probabilities[k]) - logarithm(behavior.probabilities[k])
        }
        probability = p * exponential(-trajectory.logRatios.reduce(0, +))
      }
      var c = Array(repeating: 0.0, count: rewards.count)
      var w = c
      estimator.coefficients(of: trajectory, into: &c)
      estimator.weights(of: trajectory, into: &w)
      var cells = BaselineCells()
      AverageBaseline().add(BaselinePart(coefficients: c, weights: w, unit: estimator.unit), to: &cells)
      let m = cells.value(0)
      moments.count += 1
      moments.probability += probability
      moments.objective += probability * rewards.reduce(0, +)
      for (t, k) in steps.enumerated() {
        moments.coefficients[k] += probability * c[t]
        moments.scores[k] += probability * w[t]
        moments.averaged[k] += probability * m * w[t]
        for (t2, k2) in steps.enumerated() {
          let product = probability * products[k][k2]
          moments.squares += product * c[t] * c[t2]
          moments.crossed += product * c[t] * w[t2]
          moments.scoreSquares += product * w[t] * w[t2]
        }
      }
    }
    return moments
  }
}
