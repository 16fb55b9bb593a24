public import Registries

/// An estimator with a baseline, by name: `reward-to-go+average`.
public struct GradientRule: Sendable, Equatable, CustomStringConvertible {
  /// The rule for coefficients.
  public var estimator: EstimatorEntry
  /// What is subtracted from them.
  public var baseline: BaselineEntry
  /// Their numbers.
  public var settings: EstimatorSettings

  /// Makes a rule.
  public init(
    _ estimator: EstimatorEntry, _ baseline: BaselineEntry = .none,
    _ settings: EstimatorSettings = EstimatorSettings()
  ) {
    (self.estimator, self.baseline, self.settings) = (estimator, baseline, settings)
  }

  /// Reads `estimator` or `estimator+baseline`.
  ///
  /// - Throws: ``UnknownName`` when one of them is in no registry.
  public init(
    named name: String, _ estimators: Registry<EstimatorEntry> = .estimators,
    _ baselines: Registry<BaselineEntry> = .baselines
  ) throws(UnknownName) {
    let parts = name.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(try estimators.entry(named: String(parts[0])))
    if parts.count == 2 { baseline = try baselines.entry(named: String(parts[1])) }
  }

  /// The name.
  public var description: String {
    baseline == .none ? estimator.name : "\(estimator.name)+\(baseline.name)"
  }

  /// The estimator.
  public func makeEstimator() -> any Estimator { estimator.make(settings) }

  /// What is subtracted from the coefficients; nothing for the critic's value, which no rule can make.
  public func makeSubtrahend() -> GradientEstimate.Subtrahend {
    baseline.make().map { .baseline($0) } ?? .nothing
  }

  /// Whether the expectation of the estimate is ∇J exactly, on trajectories of the policy itself.
  ///
  /// The average and the optimal baseline contain the trajectory that they are subtracted from, unless it is
  /// left out; a self-normalized sum is a quotient; a discount changes the objective.
  public var isUnbiased: Bool {
    estimator.isUnbiased && baseline.bias == .none && settings.gamma == 1 && settings.weightClip == 0
  }
}
