internal import Mathematics

/// Importance sampling over whole trajectories (notes, off-policy learning).
///
///     c(i,t) = w(i) r(τᵢ),  w(i) = Πₜ ρ(i,t),  ρ = πθ(a∣o) / π̄(a∣o)
///
/// The transition probabilities are the same in πθ(τ) and π̄(τ) and cancel. Unbiased, with a variance that
/// grows exponentially in the length. Self-normalized, the sum is divided by Σ w(i) instead of N: a bias
/// of O(1/N) for a variance that stays below that of the largest return. A clip bounds the weights and biases.
public struct ImportanceSampling: Estimator {
  /// γ in [0, 1].
  public var discount: Double
  /// Whether the sum is divided by the sum of the weights.
  public var isSelfNormalized: Bool
  /// The largest weight that is used, ∞ for all.
  public var clip: Double

  /// Makes the estimator.
  public init(discount: Double = 1, isSelfNormalized: Bool = false, clip: Double = .infinity) {
    self.discount = discount
    self.isSelfNormalized = isSelfNormalized
    self.clip = clip
  }

  /// The trajectory: all its steps share w r(τ).
  public var unit: EstimatorUnit { .trajectory }

  /// False.
  public var isOnPolicy: Bool { false }

  /// Writes w r(τ) for each step.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    TotalReturn(discount: discount).coefficients(of: trajectory, into: &c)
    let w = weight(of: trajectory)
    for t in c.indices { c[t] *= w }
  }

  /// Writes w for each step.
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    let weight = weight(of: trajectory)
    for t in w.indices { w[t] = weight }
  }

  /// w when self-normalized, else 1.
  public func normalizer(of trajectory: Trajectory) -> Double {
    isSelfNormalized ? weight(of: trajectory) : 1
  }

  /// A common factor of all weights cancels when they are normalized: the batch's largest is taken out.
  private func weight(of trajectory: Trajectory) -> Double {
    let logWeight = ImportanceWeights.logProduct(of: trajectory.logRatios, clip: clip)
    return exponential(logWeight - (isSelfNormalized ? min(trajectory.logScale, logarithm(clip)) : 0))
  }
}
