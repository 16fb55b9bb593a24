internal import Environments
internal import Mathematics
internal import Policies
internal import PolicyGradients
internal import Randomness

/// Independent batches of trajectories of one θ, and every rule's estimate on each.
struct GradientBatches {
  /// What can be drawn anew while the rest is held.
  enum Source: Int, CaseIterable {
    case actions, initialStates, transitions, emissions
  }

  /// One rule's ĝ on a batch, and on its companions where the variance is split.
  struct Estimates {
    var own: [Float]
    /// With one source drawn anew, in the order of ``Source``.
    var companions: [[Float]] = []
  }

  /// How many batches were made.
  private(set) var count = 0

  private let opened: OpenedPolicy
  private let plan: GradientStudy.Plan
  /// The batch's own sampler, and one for each source that is drawn anew; their lanes share the environments.
  private var samplers: [Sampler]
  private var lanes: [Lanes]
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
      // Any other seed will do; this one is told apart from seeds that people type.
      let other = plan.seed ^ 0x9E37_79B9_7F4A_7C15
      self.lanes = [lanes]
      if plan.splitsVariance {
        self.lanes += [
          lanes.reseeded(), lanes.reseeded(initialStates: other), lanes.reseeded(transitions: other),
          lanes.reseeded(emissions: other),
        ]
      }
      samplers = []
      for (k, lanes) in self.lanes.enumerated() {
        samplers.append(
          try Sampler(
            lanes, policy: policy, generator: generator, actionPurpose: .evaluationActions,
            actionSeed: k == 1 + Source.actions.rawValue ? other : plan.seed))
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

  /// Ĵ over all trajectories so far.
  var objective: Objective { Objective(returns: returns) }

  /// Samples a batch; nil when it was interrupted.
  mutating func next(_ isInterrupted: () -> Bool) throws(ExperimentError) -> [Estimates]? {
    let begun = lanes[0].episodesBegun
    guard let own = try fill(with: 0, isInterrupted) else { return nil }
    record()
    var estimates = own.map { Estimates(own: $0) }
    for k in samplers.indices.dropFirst() {
      lanes[k].restore(episodesBegun: begun)
      guard let companion = try fill(with: k, isInterrupted) else { return nil }
      for rule in estimates.indices { estimates[rule].companions.append(companion[rule]) }
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
  private var halfSquares: [Double] = []

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
    if halfSquares.isEmpty { halfSquares = estimate.companions.map { _ in 0 } }
    for (source, companion) in estimate.companions.enumerated() {
      for k in ĝ.indices {
        let δ = Double(ĝ[k]) - Double(companion[k])
        halfSquares[source] += δ * δ / 2
      }
    }
  }

  /// The trace of the covariance of ĝ.
  var trace: Double { squares / Double(count - 1) }
  /// What is left of the trace when one source is drawn anew and the others are held, on average over them;
  /// NaN where the variance was not split.
  func trace(of source: GradientBatches.Source) -> Double {
    halfSquares.indices.contains(source.rawValue) ? halfSquares[source.rawValue] / Double(count) : .nan
  }

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
