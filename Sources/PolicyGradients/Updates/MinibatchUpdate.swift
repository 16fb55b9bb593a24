internal import AscentMathematics
internal import AscentPolicies
internal import AscentRandomness
public import AscentRegistries

/// Several passes over a batch in random order, with one optimizer step per minibatch.
///
/// The last minibatch of a pass contains the remaining steps, so no step is dropped. The steps of a recurrent policy
/// stay in sequences, and minibatches consist of whole sequences.
struct MinibatchUpdate: ActorUpdate {
  private let policy: Policy
  private let settings: MinibatchSettings
  /// The critic's loss, if actor and critic are updated together.
  private let value: ValueLoss?
  private var gradient: BatchGradient
  private var noise: SignalToNoise
  private var minibatch = Minibatch()

  init(
    _ settings: MinibatchSettings, joint value: ValueLoss?, _ policy: Policy, with collective: any Collective
  ) {
    (self.settings, self.value, self.policy) = (settings, value, policy)
    gradient = BatchGradient(policy, with: collective)
    noise = SignalToNoise(of: policy.actorRange)
  }

  var normalizesBatch: Bool { settings.normalization == .batch }

  var passes: Int? { gradient.passes(settings.epochs, inMinibatchesOf: settings.size) }

  func rounds(with estimator: any AdvantageEstimator) -> Int {
    estimator.needsRatios || settings.recomputesAdvantages ? settings.epochs : 1
  }

  /// Updates the actor, and the critic with it if they are updated together.
  ///
  /// - Returns: true if the divergence exceeded its target, which ends the updates from this rollout.
  mutating func ascend(
    _ learned: inout Learned, on material: UpdateMaterial, of rollout: inout Rollout, _ plan: UpdatePlan,
    into report: inout UpdateReport
  ) throws(UpdateFailure) -> Bool {
    let (batch, estimator, isJoint) = (material.batch, material.estimator, value != nil)
    learned.optimizer.rate = plan.rate * plan.moment.rate
    // The actor's optimizer must not change the parameters of a separately fitted critic, not even by weight decay.
    let count = isJoint || !policy.hasCritic ? policy.learnedCount : policy.actorRange.upperBound
    for _ in 0..<settings.epochs / plan.rounds {
      let isFirst = report.updates == 0
      if isFirst { noise.restart() }
      var sums = Sums()
      let minibatches = batch.minibatches(size: settings.size, drawing: plan.order)
      gradient.fetch(minibatches, of: batch, into: &rollout)
      for units in minibatches {
        minibatch.gather(units, of: batch, sliceSize: gradient.sliceSize)
        if settings.normalization == .minibatch {
          minibatch.steps.normalizeAdvantages(least: material.leastDivisor)
        }
        gradient.measuresNoise = isFirst
        differentiate(material, rollout, learned.parameters, plan.moment.remaining)
        if isFirst { measureNoise(into: &report) }
        sums.add(gradient.terms, of: Double(minibatch.count))
        // Like Stable-Baselines3, stop in the middle of a pass, at 1.5 times the target.
        if settings.targetDivergence > 0, sums.divergence > 1.5 * settings.targetDivergence {
          sums.write(clips: estimator.clips, hasValues: isJoint, into: &report)
          return true
        }
        let norm = try gradient.finiteNorm()
        gradient.clip(to: settings.gradientClip, norm: norm)
        learned.optimizer.ascend(&learned.parameters, along: gradient.first(count))
        report.gradientNorm = norm
        report.updates += 1
      }
      sums.write(clips: estimator.clips, hasValues: isJoint, into: &report)
    }
    return false
  }

  /// Takes the gradient of a minibatch of the first pass; the parts are minibatches, or of a single one its slices.
  private mutating func measureNoise(into report: inout UpdateReport) {
    noise.add(gradient.gradient)
    report.signalToNoise = noise.count > 1 ? noise.ratio : gradient.signalToNoise
  }

  /// Computes the gradient of the minibatch.
  private mutating func differentiate(
    _ material: UpdateMaterial, _ rollout: Rollout, _ θ: Parameters, _ remaining: Double
  ) {
    let (n, steps, value) = (Double(minibatch.count), minibatch.steps, value)
    let estimator = material.estimator
    let entropy = settings.entropy.weight(remaining)
    gradient.compute(minibatch, of: rollout, θ, value == nil ? .actor : [.actor, .critic]) {
      slice, terms in
      let (rows, count) = (slice.rows, slice.rows.count)
      for (k, t) in rows.enumerated() {
        let logRatio = slice.logProbabilities[k] - steps.logProbabilities[t]
        let ρ = exponential(logRatio)
        slice.ratios[k] = ρ
        terms.divergence += (ρ - 1) - logRatio
      }
      let ratios = slice.ratios
      let clipped = slice.coefficients.withMutableSpan { c in
        estimator.coefficients(
          steps.advantages.span.extracting(rows), ratios: ratios.span.extracting(0..<count),
          remaining: remaining,
          into: &c)
      }
      terms.clipped += Double(clipped)
      for k in 0..<count {
        slice.weights.scores[k] = slice.coefficients[k] / n
        slice.weights.entropies[k] = entropy / n
      }
      guard let value else { return }
      for (k, t) in rows.enumerated() {
        let slope = CriticError.slope(
          slice.values[k], target: steps.targets[t], before: steps.values[t], clip: value.clip,
          &terms.valueError)
        slice.weights.values[k] = -value.weight * slope / n
      }
    }
  }

  /// Sums over the steps of a pass.
  private struct Sums {
    var count = 0.0
    var terms = BatchGradient.Terms()

    var divergence: Double { terms.divergence / count }

    mutating func add(_ terms: BatchGradient.Terms, of count: Double) {
      self.count += count
      self.terms += terms
    }

    func write(clips: Bool, hasValues: Bool, into report: inout UpdateReport) {
      report.divergence = divergence
      if clips { report.clipFraction = terms.clipped / count }
      if hasValues { report.valueError = terms.valueError / count }
    }
  }
}

extension Batch {
  /// The minibatches of one pass, in a random order drawn from `stream`; a single minibatch for a size of 0.
  func minibatches(size: Int, drawing stream: RandomStream) -> [ArraySlice<Int>] {
    let order = (try? Permutation(count: unitCount))?.sample(from: stream) ?? []
    return minibatches(of: order, size: size == 0 ? max(1, count) : min(size, max(1, count)))
  }
}

/// The settings of several passes over a rollout in minibatches.
public struct MinibatchSettings: Sendable, Equatable {
  /// The number of passes.
  public var epochs = 1
  /// The number of steps in a minibatch; 0 for the whole rollout.
  public var size = 0
  /// True if advantages are estimated anew, with the current values, before each pass.
  public var recomputesAdvantages = false
  /// The set of steps over which advantages are normalized to mean 0 and deviation 1.
  public var normalization = Normalization.none
  /// The least divisor of normalized advantages, in sizes of a jump of the discounted return; 0 for none.
  public var advantageFloor = Self.advantageFloor
  /// The passes over a rollout end when the divergence exceeds 1.5 times this; 0 for no limit.
  public var targetDivergence = 0.0
  /// The bonus for the policy's entropy.
  public var entropy = EntropyBonus()
  /// The largest norm of a gradient; 0 for no limit.
  public var gradientClip = 0.0

  /// The default floor of normalized advantages and coefficients.
  public static let advantageFloor = 0.05

  /// The set of steps over which advantages are normalized, by name.
  public enum Normalization: String, Sendable, CaseIterable {
    /// No normalization.
    case none
    /// All steps of the rollout.
    case batch
    /// The steps of each minibatch.
    case minibatch
  }

  /// Makes the settings of one pass with the whole rollout as one minibatch.
  public init() {}
}

extension MinibatchSettings.Normalization: NamedChoice {
  /// A one-line description.
  public var help: String {
    switch self {
    case .none: "advantages are not normalized"
    case .batch: "over all steps of the rollout"
    case .minibatch: "over the steps of each minibatch"
    }
  }
}
