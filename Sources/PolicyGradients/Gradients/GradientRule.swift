public import AscentRegistries

/// An estimator and a baseline, which can be given by name: `reward-to-go+average`.
public struct GradientRule: Sendable, Equatable, CustomStringConvertible {
  /// The estimator.
  public var estimator: EstimatorEntry
  /// The baseline.
  public var baseline: BaselineEntry
  /// The estimator's parameters.
  public var settings: EstimatorSettings

  /// Makes a rule.
  public init(
    _ estimator: EstimatorEntry, _ baseline: BaselineEntry = .none,
    _ settings: EstimatorSettings = EstimatorSettings()
  ) {
    (self.estimator, self.baseline, self.settings) = (estimator, baseline, settings)
  }

  /// Parses `estimator` or `estimator+baseline`.
  ///
  /// - Throws: ``UnknownName`` if a name is not in its registry.
  public init(
    named name: String, _ estimators: Registry<EstimatorEntry> = .estimators,
    _ baselines: Registry<BaselineEntry> = .baselines
  ) throws(UnknownName) {
    let parts = name.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(try estimators.entry(named: String(parts[0])))
    if parts.count == 2 { baseline = try baselines.entry(named: String(parts[1])) }
  }

  /// The name that ``init(named:_:_:)`` parses.
  public var description: String {
    baseline == .none ? estimator.name : "\(estimator.name)+\(baseline.name)"
  }

  /// Makes the estimator.
  public func makeEstimator() -> any Estimator { estimator.make(settings) }

  /// Makes the baseline that is subtracted.
  ///
  /// - Throws: ``LearnerError/contradiction(_:)`` for the critic's value, which only a learner has.
  public func makeSubtrahend() throws(LearnerError) -> GradientEstimate.Subtrahend {
    switch baseline.rule {
    case .none: .nothing
    case .trajectories(let make): .baseline(make())
    case .value: throw .contradiction("the baseline \(baseline.name) needs a critic that is learned")
    }
  }

  /// True if the expectation of the estimate is exactly ∇J, on trajectories of the policy itself.
  ///
  /// Bias comes from the average and the optimal baseline, unless they leave out the trajectory that they are
  /// subtracted from; from a self-normalized sum, which is a ratio; from a discount, which changes the objective; and
  /// from clipped weights.
  public var isUnbiased: Bool {
    estimator.isUnbiased && baseline.bias == .none && settings.gamma == 1
      && (settings.weightClip == 0 || makeEstimator().isOnPolicy)
  }
}
