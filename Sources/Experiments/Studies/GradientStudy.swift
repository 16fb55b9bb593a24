internal import Environments
internal import Mathematics
internal import Policies
public import PolicyGradients
internal import Randomness

/// Bias, variance and signal to noise of gradient estimates at one θ, over independent batches.
///
/// Every rule sees the same batches. Where the process is finite and known, ∇J is exact and a bias is a number;
/// elsewhere the mean over all batches stands in for ∇J and the bias is unknown.
public struct GradientStudy: Sendable {
  /// What was found about one rule.
  public struct Finding: Sendable {
    /// The rule.
    public var rule: GradientRule
    /// ‖mean ĝ − ∇J‖, or NaN where ∇J is not known.
    public var bias: Double
    /// √(trace of the covariance of the mean): what the bias of an unbiased rule is made of.
    public var biasStandardError: Double
    /// ‖E[ĝ] − ∇J‖ as the exact side has it, or NaN where that is not known.
    public var exactBias: Double
    /// The trace of the covariance of ĝ, times the trajectories of a batch: per trajectory.
    public var variance: Double
    /// ‖∇J‖ / √(trace of the covariance of ĝ), for one batch.
    public var signalToNoise: Double
    /// How many trajectories give a signal to noise of 1.
    public var trajectoriesForUnitSignal: Double
    /// The mean cosine between a batch's ĝ and ∇J (or the mean of the other batches).
    public var cosine: Double
    /// What is left of the variance per trajectory when only the actions are drawn anew; NaN unless asked for.
    public var varianceOfActions: Double
    /// The same for the initial states.
    public var varianceOfInitialStates: Double
    /// The same for the transitions.
    public var varianceOfTransitions: Double
    /// The same for the emissions.
    public var varianceOfEmissions: Double
  }

  /// How a study is made.
  public struct Plan: Sendable {
    /// The rules.
    public var rules: [GradientRule]
    /// How many batches.
    public var batches: Int
    /// How many trajectories in a batch.
    public var trajectories: Int
    /// Whether the variance is split by the streams that make it.
    public var splitsVariance: Bool

    /// Makes a plan.
    public init(rules: [GradientRule], batches: Int, trajectories: Int, splitsVariance: Bool) {
      self.rules = rules
      self.batches = batches
      self.trajectories = trajectories
      self.splitsVariance = splitsVariance
    }
  }

  /// The rules that a study looks at unless it is told others.
  public static let standardRules: [GradientRule] = [
    GradientRule(.totalReturn), GradientRule(.totalReturn, .average), GradientRule(.rewardToGo),
    GradientRule(.rewardToGo, .average), GradientRule(.rewardToGo, .leaveOneOut),
    GradientRule(.rewardToGo, .optimal), GradientRule(.rewardToGo, .optimalLeaveOneOut),
    GradientRule(.rewardToGo, .timeDependent),
  ]

  /// One for each rule.
  public private(set) var findings: [Finding] = []
  /// J(θ): exact where it is known, else the mean over all trajectories.
  public private(set) var objective = 0.0
  /// ‖∇J‖, as exact as J.
  public private(set) var gradientNorm = 0.0
  /// Whether both are exact.
  public private(set) var isExact = false

  /// Samples and compares.
  ///
  /// - Parameters:
  ///   - subject: a run, or an environment, whose policy is then the one that training would begin with.
  ///   - plan: what to look at.
  ///   - evaluation: the seed of the batches, the lanes and the changes of settings.
  ///   - isInterrupted: asked before each step; true ends the study with what it has.
  /// - Throws: ``ExperimentError``.
  public init(
    of subject: PolicySubject, _ plan: Plan, _ evaluation: EvaluationPlan,
    isInterrupted: () -> Bool = { false }
  ) throws(ExperimentError) {
    let opened = try OpenedPolicy(subject, evaluation)
    var batches = try GradientBatches(opened, plan)
    var moments = plan.rules.map { _ in GradientMoments() }
    while batches.count < plan.batches {
      guard let estimates = try batches.next(isInterrupted) else { break }
      for (k, estimate) in estimates.enumerated() { moments[k].add(estimate) }
    }
    guard batches.count >= 2 else { throw .usage("a study needs at least two batches") }
    let exact = ExactSide(opened, plan.trajectories)
    isExact = exact != nil
    objective = exact?.objective ?? batches.objective.mean
    gradientNorm = exact.map { norm($0.gradient) } ?? Self.signal(plan.rules, moments)
    for (rule, moment) in zip(plan.rules, moments) {
      findings.append(Self.finding(rule, moment, exact, gradientNorm, plan.trajectories))
    }
  }

  /// ‖∇J‖ where it is not known: from the unbiased rule of the least variance, else from the first one.
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
