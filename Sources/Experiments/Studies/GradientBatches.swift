internal import AscentEnvironments
internal import AscentMathematics
internal import AscentPolicies
internal import AscentPolicyGradients
internal import AscentRandomness

/// Independent batches of trajectories with the same θ, and each rule's gradient estimate on every batch.
struct GradientBatches {
  /// A source of randomness that can be drawn anew while the others stay fixed.
  enum Source: Int, CaseIterable {
    case actions, initialStates, transitions, emissions
  }

  /// One rule's ĝ on a batch and, if the variance is split, on batches with one source drawn anew.
  struct Estimates {
    var own: [Float]
    /// The estimates with one source drawn anew, in the order of ``Source``.
    var companions: [[Float]] = []
  }

  /// The number of batches so far.
  private(set) var count = 0

  private let opened: OpenedPolicy
  private let plan: GradientStudy.Plan
  /// The sampler of the batch itself, and one for each source that is drawn anew; their lanes share the environments.
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
      throw .usage("the variance can only be split on Ascent's own streams; omit --environment-rng")
    }
    do {
      let generator = opened.configuration.generator
      // Any other seed works; this one differs from seeds that people type.
      let seed = lanes.seed
      let other = seed ^ 0x9E37_79B9_7F4A_7C15
      self.lanes = [lanes]
      if plan.splitsVariance {
        self.lanes += [
          lanes.reseeded(lanes.seeds), Self.reseed(lanes, \.initialStates, other),
          Self.reseed(lanes, \.transitions, other), Self.reseed(lanes, \.emissions, other),
        ]
      }
      samplers = []
      for (k, lanes) in self.lanes.enumerated() {
        var drawing = Sampler.Drawing()
        (drawing.purpose, drawing.generator) = (.evaluationActions, generator)
        drawing.seed = k == 1 + Source.actions.rawValue ? other : seed
        samplers.append(try Sampler(lanes, policy: policy, drawing: drawing))
      }
    } catch {
      throw ExperimentError(error)
    }
    rollout = Rollout(of: lanes)
    estimate = GradientEstimate(laneCount: lanes.count, policy: policy)
    returns = Array(repeating: [], count: lanes.count)
  }

  private static func reseed(
    _ lanes: Lanes, _ source: WritableKeyPath<Lanes.Seeds, UInt64>, _ seed: UInt64
  ) -> Lanes {
    var seeds = lanes.seeds
    seeds[keyPath: source] = seed
    return lanes.reseeded(seeds)
  }

  /// Ĵ over all trajectories so far.
  var objective: Objective { Objective(returns: returns) }

  /// Samples a batch and returns each rule's estimates; nil when it was interrupted.
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
        &rollout, acting: opened.policy, opened.parameters,
        SamplingBudget(.episodes(plan.trajectories), steps: .max), isInterrupted: isInterrupted)
      guard isWhole else { return nil }
    } catch {
      throw .environment(error)
    }
    do throws(LearnerError) {
      return try plan.rules.map { rule throws(LearnerError) in
        estimate.estimate(
          rollout, estimator: rule.makeEstimator(), subtracting: try rule.makeSubtrahend(),
          parameters: opened.parameters)
      }
    } catch {
      throw .learner(error)
    }
  }

  private mutating func record() {
    for (lane, steps) in rollout.lanes.enumerated() {
      for episode in steps.episodes { returns[lane].append(steps.rewards[episode.steps].reduce(0, +)) }
    }
  }
}
