internal import Mathematics
public import Registries

/// A surrogate objective: an estimator that goes on using advantages when the policy is no longer the one that acted.
///
/// Its coefficients are those of another estimator's advantages, reweighted by the ratio ρ = π/π̄ of each step.
public protocol Surrogate: AdvantageEstimator {
  /// The estimator of the advantages, which has no ratios of its own.
  var advantage: any AdvantageEstimator & OnPolicyEstimator { get }
}

extension Surrogate {
  /// False.
  public var isOnPolicy: Bool { false }

  /// False: the advantages stay, and only their weights change.
  public var needsRatios: Bool { false }

  /// As the estimator of the advantages does.
  public func estimate(
    _ trajectory: Trajectory, advantages: inout MutableSpan<Double>, targets: inout MutableSpan<Double>
  ) { advantage.estimate(trajectory, advantages: &advantages, targets: &targets) }

  /// Writes ρ(t).
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    for t in w.indices { w[t] = t < trajectory.logRatios.count ? exponential(trajectory.logRatios[t]) : 1 }
  }

  /// 1.
  public func normalizer(of trajectory: Trajectory) -> Double { 1 }
}

/// A surrogate under its name.
public struct SurrogateEntry: RegistryEntry, Equatable {
  /// The name in `algorithm.surrogate`.
  public let name: String
  /// What it is, in one line.
  public let help: String
  /// How it is made.
  public let rule: Rule

  /// How a surrogate is made.
  public enum Rule: Sendable {
    /// There is none: the advantages are the coefficients.
    case none
    /// It reweights advantages.
    case reweighting(
      @Sendable (any AdvantageEstimator & OnPolicyEstimator, EstimatorSettings) -> any Surrogate)
  }

  /// Makes an entry.
  public init(_ name: String, help: String, rule: Rule) {
    (self.name, self.help, self.rule) = (name, help, rule)
  }

  /// Whether two entries have the same name.
  public static func == (a: SurrogateEntry, b: SurrogateEntry) -> Bool { a.name == b.name }

  /// No surrogate: the advantages are the coefficients.
  public static let score = SurrogateEntry("score", help: "the advantages as they are: Â ∇log π", rule: .none)
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
