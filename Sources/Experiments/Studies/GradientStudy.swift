internal import AscentEnvironments
internal import AscentMathematics
internal import AscentPolicies
public import AscentPolicyGradients
internal import AscentRandomness

/// Measures bias, variance and signal-to-noise ratio of gradient estimates at one θ, over independent batches.
///
/// All rules are applied to the same batches. If the process is finite and known, ∇J is exact and the bias is measured;
/// otherwise the mean over all batches replaces ∇J, and the bias is unknown.
public struct GradientStudy: Sendable {
  /// The results for one rule.
  public struct Finding: Sendable {
    /// The rule.
    public var rule: GradientRule
    /// ‖mean ĝ − ∇J‖; NaN if ∇J is unknown.
    public var bias: Double
    /// √(trace of the covariance of the mean): the measured bias of an unbiased rule is of this size.
    public var biasStandardError: Double
    /// ‖E[ĝ] − ∇J‖ computed exactly from the tables of the process; NaN if it is unknown.
    public var exactBias: Double
    /// The variance per trajectory: the trace of the covariance of ĝ times the trajectories of a batch.
    public var variance: Double
    /// ‖∇J‖ / √(trace of the covariance of ĝ), for one batch.
    public var signalToNoise: Double
    /// The number of trajectories with a signal-to-noise ratio of 1.
    public var trajectoriesForUnitSignal: Double
    /// The mean cosine between a batch's ĝ and ∇J; if ∇J is unknown, the mean of the other batches.
    public var cosine: Double
    /// The variance per trajectory when only the actions are drawn anew; NaN unless the variance was split.
    public var varianceOfActions: Double
    /// The same for the initial states.
    public var varianceOfInitialStates: Double
    /// The same for the transitions.
    public var varianceOfTransitions: Double
    /// The same for the emissions.
    public var varianceOfEmissions: Double
  }

  /// The size of a study, and the rules that it compares.
  public struct Plan: Sendable {
    /// The rules.
    public var rules: [GradientRule]
    /// The number of batches.
    public var batches: Int
    /// The number of trajectories in a batch.
    public var trajectories: Int
    /// True if the variance is split by source of randomness.
    public var splitsVariance: Bool

    /// Makes a plan.
    public init(rules: [GradientRule], batches: Int, trajectories: Int, splitsVariance: Bool) {
      self.rules = rules
      self.batches = batches
      self.trajectories = trajectories
      self.splitsVariance = splitsVariance
    }
  }

  /// The rules that a study compares by default.
  public static let standardRules: [GradientRule] = [
    GradientRule(.totalReturn), GradientRule(.totalReturn, .average), GradientRule(.rewardToGo),
    GradientRule(.rewardToGo, .average), GradientRule(.rewardToGo, .leaveOneOut),
    GradientRule(.rewardToGo, .optimal), GradientRule(.rewardToGo, .optimalLeaveOneOut),
    GradientRule(.rewardToGo, .timeDependent),
  ]

  /// The results of each rule.
  public private(set) var findings: [Finding] = []
  /// J(θ): exact if known, else the mean over all trajectories.
  public private(set) var objective = 0.0
  /// ‖∇J‖: exact if known, else an estimate.
  public private(set) var gradientNorm = 0.0
  /// True if ``objective`` and ``gradientNorm`` are exact.
  public private(set) var isExact = false

  /// Samples the batches and compares the rules.
  ///
  /// When ``EvaluationPlan/isInterrupted`` returns true, the study ends with the batches so far, if there are two.
  ///
  /// - Parameters:
  ///   - subject: a run, or an environment with the initial policy of training.
  ///   - plan: the rules, the batches and their size.
  ///   - evaluation: the seed of the batches, the lanes and the changes of settings.
  /// - Throws: ``ExperimentError``.
  public init(
    of subject: PolicySubject, _ plan: Plan, _ evaluation: EvaluationPlan
  ) throws(ExperimentError) {
    let opened = try OpenedPolicy(subject, evaluation)
    var batches = try GradientBatches(opened, plan)
    var moments = plan.rules.map { _ in GradientMoments() }
    while batches.count < plan.batches {
      guard let estimates = try batches.next(evaluation.isInterrupted) else { break }
      for (k, estimate) in estimates.enumerated() { moments[k].add(estimate) }
    }
    guard batches.count >= 2 || !evaluation.isInterrupted() else { throw .interrupted }
    guard batches.count >= 2 else { throw .usage("a study needs at least two batches") }
    let exact = ExactSide(opened, plan.trajectories)
    isExact = exact != nil
    objective = exact?.objective ?? batches.objective.mean
    gradientNorm = exact.map { norm($0.gradient) } ?? Self.signal(plan.rules, moments)
    for (rule, moment) in zip(plan.rules, moments) {
      findings.append(Self.finding(rule, moment, exact, gradientNorm, plan.trajectories))
    }
  }

  /// An estimate of an unknown ‖∇J‖, from the unbiased rule of least variance; if there is none, from the first rule.
  private static func signal(_ rules: [GradientRule], _ moments: [GradientMoments]) -> Double {
    let unbiased = zip(rules, moments).filter { $0.0.isUnbiased }.map(\.1)
    return (unbiased.min { $0.trace < $1.trace } ?? moments.first)?.signal ?? .nan
  }

  private static func finding(
    _ rule: GradientRule, _ moments: GradientMoments, _ exact: ExactSide?, _ signal: Double,
    _ trajectories: Int
  ) -> Finding {
    let (n, trace) = (Double(trajectories), moments.trace)
    let expected = exact?.expectation(of: rule)
    return Finding(
      rule: rule, bias: exact.map { distance(moments.mean, $0.gradient) } ?? .nan,
      biasStandardError: (trace / Double(moments.count)).squareRoot(),
      exactBias: exact.flatMap { side in expected.map { distance($0, side.gradient) } } ?? .nan,
      variance: n * trace, signalToNoise: signal / trace.squareRoot(),
      trajectoriesForUnitSignal: n * trace / (signal * signal),
      cosine: moments.cosine(to: exact?.gradient), varianceOfActions: n * moments.trace(of: .actions),
      varianceOfInitialStates: n * moments.trace(of: .initialStates),
      varianceOfTransitions: n * moments.trace(of: .transitions),
      varianceOfEmissions: n * moments.trace(of: .emissions))
  }
}
