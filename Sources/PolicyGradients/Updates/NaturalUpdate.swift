internal import AscentMathematics
internal import AscentPolicies

/// One step along the natural gradient F⁻¹ ĝ (Kakade 2001), whose divergence is δ to second order.
///
///     θ′ = θ + √(2δ / xᵀ F x) x  with  F x = ĝ.
///
/// With a line search, the step is shortened until the actual divergence is below δ and the surrogate Σ ρ Â increases:
/// this is TRPO (Schulman et al. 2015, appendix C).
struct NaturalUpdate: ActorUpdate {
  private let settings: NaturalSettings
  private let step: NaturalStep
  private let policy: Policy
  private let collective: any Collective
  private var gradient: BatchGradient
  private var minibatch = Minibatch()
  /// The observations of this process's slices.
  private var observations: [ObservationRows] = []
  private var workspace: Workspace
  private var products: [[Float]] = []

  init(
    _ settings: NaturalSettings, _ step: NaturalStep, _ policy: Policy, with collective: any Collective
  ) {
    (self.settings, self.step, self.policy, self.collective) = (settings, step, policy, collective)
    gradient = BatchGradient(policy, with: collective)
    workspace = policy.makeWorkspace(rows: gradient.sliceSize)
  }

  var normalizesBatch: Bool { step.normalizesAdvantages }

  var passes: Int? { 1 }

  func rounds(with estimator: any AdvantageEstimator) -> Int { 1 }

  /// Updates the actor with one step.
  mutating func ascend(
    _ learned: inout Learned, on material: UpdateMaterial, of rollout: inout Rollout, _ plan: UpdatePlan,
    into report: inout UpdateReport
  ) throws(UpdateFailure) -> Bool {
    guard material.batch.count > 0 else { return true }
    let batch = material.batch
    gradient.fetch([Array(0..<batch.unitCount)[...]], of: batch, into: &rollout)
    minibatch.gatherAll(of: batch, sliceSize: gradient.sliceSize)
    while observations.count < ownSlices.count { observations.append(ObservationRows()) }
    for (i, k) in ownSlices.enumerated() {
      observations[i].load(minibatch.places[minibatch.slices[k].inputs], of: rollout, for: policy)
    }
    try ascend(&learned.parameters, on: material, rollout, plan.moment, into: &report)
    return true
  }

  private mutating func ascend(
    _ θ: inout Parameters, on material: UpdateMaterial, _ rollout: Rollout, _ moment: Moment,
    into report: inout UpdateReport
  ) throws(UpdateFailure) {
    gradient.measuresNoise = true
    differentiate(θ, material, rollout, moment.remaining)
    report.signalToNoise = gradient.signalToNoise
    let g = gradient.gradient
    report.gradientNorm = try gradient.finiteNorm()
    let x = ConjugateGradient.solve(g, steps: settings.conjugateSteps) { v, image in
      multiply(v, θ, into: &image)
    }
    var image = x
    multiply(x, θ, into: &image)
    let curvature = ParameterUpdate.dot(x.span, image.span)
    guard curvature.isFinite, curvature > 0 else {
      report.lineSearch = -1
      return
    }
    let bound = settings.trustRegion * moment.rate
    let length = (2 * bound / curvature).squareRoot()
    report.updates += 1
    switch step.kind {
    case .plain: move(&θ, along: x, length)
    case .lineSearch: search(&θ, x, length, bound, into: &report)
    }
  }

  /// Computes the gradient at the parameters that acted, where all ratios are 1.
  private mutating func differentiate(
    _ θ: Parameters, _ material: UpdateMaterial, _ rollout: Rollout, _ remaining: Double
  ) {
    let (n, steps, estimator) = (Double(minibatch.count), minibatch.steps, material.estimator)
    var entropy = 0.0
    if case .plain(let bonus) = step.kind { entropy = bonus.weight(remaining) }
    gradient.compute(minibatch, of: rollout, θ, .actor) { slice, _ in
      let (rows, count) = (slice.rows, slice.rows.count)
      for k in 0..<count { slice.ratios[k] = 1 }
      let ratios = slice.ratios
      slice.coefficients.withMutableSpan { c in
        _ = estimator.coefficients(
          steps.advantages.span.extracting(rows), ratios: ratios.span.extracting(0..<count),
          remaining: remaining,
          into: &c)
      }
      for k in 0..<count {
        slice.weights.scores[k] = slice.coefficients[k] / n
        slice.weights.entropies[k] = entropy / n
      }
    }
  }

  // MARK: Line search

  /// Takes the first step of length 1, k, k², … that stays in the trust region and increases the surrogate; k is the factor of
  /// the settings.
  private mutating func search(
    _ θ: inout Parameters, _ x: [Float], _ length: Double, _ bound: Double, into report: inout UpdateReport
  ) {
    let start = θ
    let before = snapshots(θ)
    var level = 0.0
    for a in minibatch.steps.advantages { level += a }
    level /= Double(minibatch.count)
    var factor = length
    for attempt in 0..<max(1, settings.lineSearchSteps) {
      θ = start
      move(&θ, along: x, factor)
      let (surrogate, divergence) = compare(θ, before)
      if surrogate.isFinite, divergence.isFinite, surrogate > level, divergence < bound {
        report.divergence = divergence
        report.lineSearch = attempt
        return
      }
      factor *= settings.lineSearchFactor
    }
    θ = start
    report.lineSearch = -1
  }

  private func move(_ θ: inout Parameters, along x: [Float], _ length: Double) {
    θ.values.withMutableSpan { ParameterUpdate.ascend(&$0, along: x.span, rate: Float(length)) }
  }

  /// The slices that this process computes.
  private var ownSlices: Range<Int> { collective.share(of: minibatch.slices.count) }

  private mutating func forward(_ k: Int, _ θ: Parameters) {
    observations[k - ownSlices.lowerBound].forward(policy, θ, minibatch.slices[k], .actor, in: &workspace)
  }

  /// The action distributions of this process's slices.
  private mutating func snapshots(_ θ: Parameters) -> [Policy.Snapshot] {
    var all: [Policy.Snapshot] = []
    for k in ownSlices {
      forward(k, θ)
      all.append(policy.snapshot(of: workspace))
    }
    return all
  }

  /// The means of ρ Â and of KL(π̄ ‖ π).
  private mutating func compare(
    _ θ: Parameters, _ before: [Policy.Snapshot]
  ) -> (surrogate: Double, divergence: Double) {
    var surrogates = Array(repeating: 0.0, count: minibatch.slices.count)
    var divergences = surrogates
    var found = Array(repeating: 0.0, count: gradient.sliceSize)
    let (values, steps) = (Rows(stride: policy.actionSize), minibatch.steps)
    for (snapshot, k) in zip(before, ownSlices) {
      let rows = minibatch.slices[k].rows
      if found.count < rows.count { found = Array(repeating: 0, count: rows.count) }
      forward(k, θ)
      var logs = found.mutableSpan
      policy.readLogProbabilities(of: steps.actions.span.extracting(values[rows]), in: workspace, into: &logs)
      var sum = 0.0
      for (i, t) in rows.enumerated() {
        sum += exponential(found[i] - steps.logProbabilities[t]) * steps.advantages[t]
      }
      surrogates[k] = sum
      var d = found.mutableSpan
      policy.readDivergences(from: snapshot, in: workspace, into: &d)
      sum = 0
      for i in 0..<rows.count { sum += found[i] }
      divergences[k] = sum
    }
    collective.complete(&surrogates)
    collective.complete(&divergences)
    let n = Double(minibatch.count)
    return (LaneTree.sum(surrogates) / n, LaneTree.sum(divergences) / n)
  }

  // MARK: Fisher products

  /// Computes F v + damping v over the whole batch, slice by slice.
  private mutating func multiply(_ v: [Float], _ θ: Parameters, into image: inout [Float]) {
    let (weight, count) = (Float(1 / Double(minibatch.count)), minibatch.slices.count)
    while products.count < count { products.append(Array(repeating: 0, count: v.count)) }
    for k in ownSlices {
      for i in products[k].indices { products[k][i] = 0 }
      forward(k, θ)
      observations[k - ownSlices.lowerBound].withKnown { o in
        var product = products[k]
        products[k] = []
        var span = product.mutableSpan
        policy.accumulateFisherProduct(
          θ, along: v.span, on: o, times: weight, in: &workspace, into: &span)
        products[k] = product
      }
    }
    collective.sum(&products, count: count)
    let damping = Float(settings.damping)
    for k in image.indices { image[k] = products[0][k] + damping * v[k] }
  }
}

/// The settings of natural gradient steps, whose length is determined by the divergence of the policy.
public struct NaturalSettings: Sendable, Equatable {
  /// δ, the largest divergence of the policy in one step.
  public var trustRegion = 0.01
  /// The number that is added to the Fisher matrix's diagonal.
  public var damping = 0.1
  /// The largest number of conjugate gradient steps.
  public var conjugateSteps = 15
  /// The largest number of line search steps.
  public var lineSearchSteps = 10
  /// The factor in (0, 1) by which the line search shortens a step that it rejects.
  public var lineSearchFactor = 0.8

  /// Makes the settings of sb3-contrib's TRPO.
  public init() {}
}

/// The kind of a natural gradient step.
public struct NaturalStep: Sendable {
  /// True if advantages are normalized to mean 0 and deviation 1 over the rollout.
  public var normalizesAdvantages: Bool
  /// The least divisor of normalized advantages, in sizes of a jump of the discounted return; 0 for none.
  public var advantageFloor = MinibatchSettings.advantageFloor
  /// The kind of the step.
  public var kind: Kind

  /// The kinds of natural gradient steps.
  public enum Kind: Sendable {
    /// The full step; the objective includes the given entropy bonus.
    case plain(EntropyBonus)
    /// Shortened until the divergence is below its bound and the surrogate, which excludes the entropy, increases.
    case lineSearch
  }

  /// Makes a step.
  public init(_ kind: Kind, normalizesAdvantages: Bool = false) {
    (self.kind, self.normalizesAdvantages) = (kind, normalizesAdvantages)
  }
}
