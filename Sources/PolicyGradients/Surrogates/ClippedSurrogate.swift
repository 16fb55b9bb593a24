/// The clipped surrogate of proximal policy optimization: the gradient of E[min(ρ Â, clip(ρ, 1 − ε, 1 + ε) Â)].
///
///     c(t) = 0        where Â > 0 and ρ > 1 + ε, or Â < 0 and ρ < 1 − ε
///     c(t) = ρ(t) Â(t)  elsewhere
///
/// See Schulman et al. 2017, eq. 7.
public struct ClippedSurrogate: Surrogate {
  /// The estimator of Â.
  public var advantage: any AdvantageEstimator & OnPolicyEstimator
  /// The largest deviation ε of the ratio from 1.
  public var clip: Double
  /// The schedule of ε.
  public var schedule: Schedule

  /// Makes the surrogate for an advantage estimator.
  public init(
    of advantage: any AdvantageEstimator & OnPolicyEstimator, clip: Double, schedule: Schedule = .constant
  ) {
    (self.advantage, self.clip, self.schedule) = (advantage, clip, schedule)
  }

  /// True.
  public var clips: Bool { true }

  /// Checks the clip, and the numbers of the estimator of the advantages.
  public func check() throws(LearnerError) {
    try Limits.check("algorithm.clip", clip, .positive)
    try advantage.check()
  }

  /// Multiplies each advantage by its ratio, except where the clip is active.
  public func coefficients(
    _ advantages: Span<Double>, ratios: Span<Double>, remaining: Double, into c: inout MutableSpan<Double>
  ) -> Int {
    requireEqual(advantages.count, ratios.count, c.count)
    let ε = clip * schedule.factor(remaining)
    var clipped = 0
    for k in advantages.indices {
      let (advantage, ρ) = (advantages[k], ratios[k])
      let isClipped = advantage > 0 && ρ > 1 + ε || advantage < 0 && ρ < 1 - ε
      c[k] = isClipped ? 0 : ρ * advantage
      if c[k] == 0, abs(ρ - 1) > ε { clipped += 1 }
    }
    return clipped
  }
}

extension SurrogateEntry {
  /// ``ClippedSurrogate``.
  public static let clipped = SurrogateEntry(
    "clipped", help: "ρ Â ∇log π, with ρ clipped at 1 ± algorithm.clip (PPO)",
    rule: .reweighting { ClippedSurrogate(of: $0, clip: $1.clip, schedule: $1.clipSchedule) })
}
