/// The surrogate of conservative policy iteration (Kakade and Langford 2002): the gradient of E[ρ Â].
///
///     c(t) = ρ(t) Â(t)
public struct RatioSurrogate: Surrogate {
  /// The estimator of Â.
  public var advantage: any AdvantageEstimator & OnPolicyEstimator

  /// Makes the surrogate for an advantage estimator.
  public init(of advantage: any AdvantageEstimator & OnPolicyEstimator) { self.advantage = advantage }

  /// False.
  public var clips: Bool { false }

  /// Multiplies each advantage by its ratio.
  public func coefficients(
    _ advantages: Span<Double>, ratios: Span<Double>, remaining: Double, into c: inout MutableSpan<Double>
  ) -> Int {
    requireEqual(advantages.count, ratios.count, c.count)
    for k in advantages.indices { c[k] = ratios[k] * advantages[k] }
    return 0
  }
}

extension SurrogateEntry {
  /// ``RatioSurrogate``.
  public static let ratio = SurrogateEntry(
    "ratio", help: "ρ Â ∇log π, with the probability ratio ρ of the current to the sampling policy",
    rule: .reweighting { advantage, _ in RatioSurrogate(of: advantage) })
}
