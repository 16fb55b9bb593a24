internal import Environments
internal import Policies
internal import PolicyGradients
internal import Randomness

/// Independent batches of trajectories of one θ, and every rule's estimate on each.
struct GradientBatches {
  /// One rule's ĝ on a batch, and on its two companions where the variance is split.
  struct Estimates {
    var own: [Float]
    /// With the environments' draws held and the actions' drawn anew.
    var otherActions: [Float]?
    /// With the actions' draws held and the environments' drawn anew.
    var otherEnvironment: [Float]?
  }

  /// How many batches were made.
  private(set) var count = 0

  private let opened: OpenedPolicy
  private let plan: GradientStudy.Plan
  private let others: Lanes?
  /// The batch's own, the one with other actions, and the one in other environments.
  private var samplers: [Sampler]
  private var rollout: Rollout
  private var estimate: GradientEstimate
  private var returns: [[Double]]

  init(_ opened: OpenedPolicy, _ plan: GradientStudy.Plan) throws(ExperimentError) {
    self.opened = opened
    self.plan = plan
    let (lanes, policy) = (opened.environment.lanes, opened.policy)
    guard !plan.splitsVariance || opened.configuration.environmentRandomness == .streams else {
      throw .usage("the variance can only be split on Ascent's own streams; leave --environment-rng away")
    }
    do {
      let generator = opened.configuration.generator
      samplers = [
        try Sampler(lanes, policy: policy, generator: generator, actionPurpose: .evaluationActions)
      ]
      if plan.splitsVariance {
        // The same environments under another seed: its streams share nothing with the first one's.
        let other = lanes.reseeded(Self.companionSeed(plan.seed))
        others = other
        for (lanes, actionSeed) in [(lanes, other.seed), (other, plan.seed)] {
          samplers.append(
            try Sampler(
              lanes, policy: policy, generator: generator, actionPurpose: .evaluationActions,
              actionSeed: actionSeed))
        }
      } else {
        others = nil
      }
    } catch {
      throw .usage("\(error)")
    }
    rollout = Rollout(
      laneCount: lanes.count, observationSize: lanes.observationSize, actionSize: lanes.actionSize)
    estimate = GradientEstimate(
      laneCount: lanes.count, policy: policy, parameterCount: opened.parameters.values.count)
    returns = Array(repeating: [], count: lanes.count)
  }

  /// Any other seed will do; this one is told apart from seeds that people type.
  private static func companionSeed(_ seed: UInt64) -> UInt64 { seed ^ 0x9E37_79B9_7F4A_7C15 }

  /// Ĵ over all trajectories so far.
  var objective: Objective { Objective(returns: returns) }

  /// Samples a batch; nil when it was interrupted.
  mutating func next(_ isInterrupted: () -> Bool) throws(ExperimentError) -> [Estimates]? {
    let begun = opened.environment.lanes.episodesBegun
    guard let own = try fill(with: 0, isInterrupted) else { return nil }
    record()
    var estimates = own.map { Estimates(own: $0) }
    if let others {
      let after = opened.environment.lanes.episodesBegun
      opened.environment.lanes.restore(episodesBegun: begun)
      guard let actions = try fill(with: 1, isInterrupted) else { return nil }
      opened.environment.lanes.restore(episodesBegun: after)
      others.restore(episodesBegun: begun)
      guard let environment = try fill(with: 2, isInterrupted) else { return nil }
      for k in estimates.indices {
        estimates[k].otherActions = actions[k]
        estimates[k].otherEnvironment = environment[k]
      }
    }
    count += 1
    return estimates
  }

  private mutating func fill(
    with k: Int, _ isInterrupted: () -> Bool
  ) throws(ExperimentError) -> [[Float]]? {
    do {
      let isWhole = try samplers[k].fill(
        &rollout, acting: opened.policy, opened.parameters, .episodes(plan.trajectories), budget: .max,
        isInterrupted: isInterrupted)
      guard isWhole else { return nil }
    } catch {
      throw .environment(error)
    }
    return plan.rules.map { rule in
      estimate.estimate(
        rollout, estimator: rule.makeEstimator, baseline: rule.makeBaseline, policy: opened.policy,
        parameters: opened.parameters)
    }
  }

  private mutating func record() {
    for (lane, steps) in rollout.lanes.enumerated() {
      for episode in steps.episodes { returns[lane].append(steps.rewards[episode.steps].reduce(0, +)) }
    }
  }
}

/// Moments of one rule's estimates over the batches.
struct GradientMoments {
  private(set) var count = 0
  /// The mean of ĝ.
  private(set) var mean: [Double] = []
  private var estimates: [[Float]] = []
  private var squares = 0.0
  private var ofActions = 0.0
  private var ofEnvironment = 0.0
  private var isSplit = false

  mutating func add(_ estimate: GradientBatches.Estimates) {
    let ĝ = estimate.own
    if mean.isEmpty { mean = Array(repeating: 0, count: ĝ.count) }
    count += 1
    // Welford's recursion, component by component; its squares are only needed as a sum.
    for k in ĝ.indices {
      let δ = Double(ĝ[k]) - mean[k]
      mean[k] += δ / Double(count)
      squares += δ * (Double(ĝ[k]) - mean[k])
    }
    estimates.append(ĝ)
    guard let actions = estimate.otherActions, let environment = estimate.otherEnvironment else { return }
    isSplit = true
    for k in ĝ.indices {
      let (a, e) = (Double(ĝ[k] - actions[k]), Double(ĝ[k] - environment[k]))
      ofActions += a * a / 2
      ofEnvironment += e * e / 2
    }
  }

  /// The trace of the covariance of ĝ.
  var trace: Double { squares / Double(count - 1) }
  /// E over the environments' draws of the trace given them.
  var traceOfActions: Double { isSplit ? ofActions / Double(count) : .nan }
  /// E over the actions' draws of the trace given them.
  var traceOfEnvironment: Double { isSplit ? ofEnvironment / Double(count) : .nan }

  /// ‖E[ĝ]‖, with what the noise of the mean adds to its square taken off.
  var signal: Double { max(0, norm(mean) * norm(mean) - trace / Double(count)).squareRoot() }

  /// The mean cosine between ĝ and `target`, or the mean of all other batches.
  func cosine(to target: [Double]?) -> Double {
    var sum = 0.0
    for ĝ in estimates {
      var (product, own, other) = (0.0, 0.0, 0.0)
      for k in ĝ.indices {
        let x = Double(ĝ[k])
        let y = target?[k] ?? (mean[k] * Double(count) - x) / Double(count - 1)
        product += x * y
        own += x * x
        other += y * y
      }
      if own > 0, other > 0 { sum += product / (own * other).squareRoot() }
    }
    return sum / Double(count)
  }
}
