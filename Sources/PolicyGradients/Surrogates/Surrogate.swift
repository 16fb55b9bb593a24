internal import AscentMathematics
public import AscentRegistries

/// A surrogate objective: an estimator that reuses advantages after the policy has changed since sampling.
///
/// Its coefficients are the advantages of another estimator, weighted by the ratio ρ = π/π̄ of each step.
public protocol Surrogate: AdvantageEstimator {
  /// The estimator of the advantages, which itself uses no ratios.
  var advantage: any AdvantageEstimator & OnPolicyEstimator { get }
}

extension Surrogate {
  /// Checks the numbers of the estimator of the advantages.
  public func check() throws(LearnerError) { try advantage.check() }

  /// False.
  public var isOnPolicy: Bool { false }

  /// False: advantages do not change, only their weights do.
  public var needsRatios: Bool { false }

  /// Estimates the advantages with ``advantage``.
  public func estimate(
    _ trajectory: Trajectory, advantages: inout MutableSpan<Double>, targets: inout MutableSpan<Double>
  ) { advantage.estimate(trajectory, advantages: &advantages, targets: &targets) }

  /// Writes ρ(t).
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    trajectory.require(w.count, of: "weights")
    for t in w.indices { w[t] = t < trajectory.logRatios.count ? exponential(trajectory.logRatios[t]) : 1 }
  }

  /// 1.
  public func normalizer(of trajectory: Trajectory) -> Double { 1 }
}

/// A surrogate with its name.
public struct SurrogateEntry: RegistryEntry, Equatable {
  /// The name in `algorithm.surrogate`.
  public let name: String
  /// A one-line description.
  public let help: String
  /// The function that makes the surrogate.
  public let rule: Rule

  /// A function that makes a surrogate.
  public enum Rule: Sendable {
    /// No surrogate: the advantages are the coefficients.
    case none
    /// A surrogate that weights the advantages of an estimator.
    case reweighting(
      @Sendable (any AdvantageEstimator & OnPolicyEstimator, EstimatorSettings) -> any Surrogate)
  }

  /// Makes an entry.
  public init(_ name: String, help: String, rule: Rule) {
    (self.name, self.help, self.rule) = (name, help, rule)
  }

  /// True if both entries have the same name.
  public static func == (a: SurrogateEntry, b: SurrogateEntry) -> Bool { a.name == b.name }

  /// No surrogate: the advantages are the coefficients.
  public static let score = SurrogateEntry("score", help: "unweighted advantages: Â ∇log π", rule: .none)
}

extension Registry<SurrogateEntry> {
  /// The surrogates of this library.
  public static let surrogates = Registry(
    of: "surrogate",
    [
      .score,
      .ratio,
      .clipped,
    ])
}
