internal import Mathematics
internal import Policies
internal import Randomness

/// Several passes over a batch in random order, an optimizer's step for each minibatch.
///
/// The last minibatch of a pass has what is left over: no step is dropped. Steps that a policy remembers stay together:
/// minibatches are then made of whole sequences.
struct MinibatchUpdate {
  private let settings: Algorithm
  private let policy: Policy
  private var gradient: BatchGradient
  private var minibatch = Batch()

  init(_ settings: Algorithm, _ policy: Policy, with collective: any Collective) {
    self.settings = settings
    self.policy = policy
    gradient = BatchGradient(policy, with: collective)
  }

  /// What the rate and the clip are multiplied by in this iteration.
  struct Factors {
    var rate, clip, entropy: Double
  }

  /// Improves the actor, and the critic with it when they are learned together.
  ///
  /// - Returns: whether the divergence passed its target, so that there is nothing more to learn from this batch.
  mutating func ascend(
    _ batch: Batch, _ θ: inout Parameters, _ optimizer: inout any Optimizer, _ factors: Factors,
    epochs: Int, drawing stream: RandomStream, into report: inout UpdateReport
  ) throws(UpdateFailure) -> Bool {
    let (ε, entropy) = (settings.clip * factors.clip, settings.entropy * factors.entropy)
    let isJoint = settings.criticEpochs == 0 && policy.hasCritic
    let valueWeight = isJoint ? settings.valueWeight : 0
    optimizer.rate = settings.rate * factors.rate
    for _ in 0..<epochs {
      var sums = Sums()
      let order = order(batch.unitCount, stream)
      for units in batch.minibatches(of: order, size: size(settings.minibatch, batch.count)) {
        minibatch.gather(units, of: batch)
        if settings.advantageNormalization == .minibatch { minibatch.normalizeAdvantages() }
        let n = Double(minibatch.count)
        let (surrogate, valueClip, samples) = (settings.surrogate, settings.valueClip, minibatch)
        gradient.compute(minibatch, policy, θ, isJoint ? [.actor, .critic] : .actor) { t, row, terms in
          let logRatio = row.logProbability - samples.logProbabilities[t]
          let ρ = exponential(logRatio)
          terms.divergence += (ρ - 1) - logRatio
          let c = surrogate.coefficient(samples.advantages[t], ρ, ε)
          if surrogate == .clipped, c == 0, abs(ρ - 1) > ε { terms.clipped += 1 }
          let slope = Self.valueSlope(
            row.value, samples.targets[t], before: samples.values[t], clip: valueClip, &terms.valueError)
          return (c / n, entropy / n, -valueWeight * slope / n)
        }
        sums.add(gradient.terms, of: n)
        // Stable-Baselines3 stops in the middle of an epoch, too, and half above the target.
        if settings.targetDivergence > 0, sums.terms.divergence / sums.count > 1.5 * settings.targetDivergence
        {
          sums.write(settings.surrogate, hasValues: isJoint, into: &report)
          return true
        }
        let norm = try finiteNorm()
        if settings.gradientClip > 0 { gradient.clip(to: settings.gradientClip, norm: norm) }
        // A critic of its own is no part of what this optimizer moves, not even by its decay.
        let learned = isJoint || !policy.hasCritic ? gradient.gradient.count : policy.actorRange.upperBound
        optimizer.ascend(&θ, along: gradient.first(learned))
        report.gradientNorm = norm
        report.updates += 1
      }
      sums.write(settings.surrogate, hasValues: isJoint, into: &report)
    }
    return false
  }

  /// Fits the critic alone.
  mutating func fit(
    _ batch: Batch, _ θ: inout Parameters, _ optimizer: inout any Optimizer, rate: Double,
    drawing stream: RandomStream, into report: inout UpdateReport
  ) throws(UpdateFailure) {
    optimizer.rate = rate
    for _ in 0..<settings.criticEpochs {
      var sums = Sums()
      let order = order(batch.unitCount, stream)
      for units in batch.minibatches(of: order, size: size(settings.criticMinibatch, batch.count)) {
        minibatch.gather(units, of: batch)
        let (n, samples) = (Double(minibatch.count), minibatch)
        gradient.compute(minibatch, policy, θ, .critic) { t, row, terms in
          let slope = Self.valueSlope(
            row.value, samples.targets[t], before: 0, clip: 0, &terms.valueError)
          return (0, 0, -slope / n)
        }
        sums.add(gradient.terms, of: n)
        _ = try finiteNorm()
        optimizer.ascend(&θ, along: gradient.gradient)
      }
      report.valueError = sums.terms.valueError / sums.count
    }
  }

  /// ∂/∂V of (V − target)², or of the larger of it and the error of V held near its old value.
  private static func valueSlope(
    _ v: Double, _ target: Double, before: Double, clip: Double, _ error: inout Double
  ) -> Double {
    let square = (v - target) * (v - target)
    error += square
    guard clip > 0 else { return 2 * (v - target) }
    let held = before + min(max(v - before, -clip), clip)
    guard (held - target) * (held - target) > square else { return 2 * (v - target) }
    return abs(v - before) < clip ? 2 * (held - target) : 0
  }

  private func size(_ asked: Int, _ count: Int) -> Int {
    asked == 0 ? max(1, count) : min(asked, max(1, count))
  }

  private func order(_ count: Int, _ stream: RandomStream) -> [Int] {
    (try? Permutation(count: count))?.sample(from: stream) ?? []
  }

  private func finiteNorm() throws(UpdateFailure) -> Double {
    let norm = gradient.norm
    guard norm.isFinite else { throw UpdateFailure(quantity: "gradient") }
    return norm
  }

  /// Sums over the steps of an epoch.
  private struct Sums {
    var count = 0.0
    var terms = BatchGradient.Terms()

    mutating func add(_ terms: BatchGradient.Terms, of count: Double) {
      self.count += count
      self.terms += terms
    }

    func write(_ surrogate: Algorithm.Surrogate, hasValues: Bool, into report: inout UpdateReport) {
      report.divergence = terms.divergence / count
      if surrogate == .clipped { report.clipFraction = terms.clipped / count }
      if hasValues { report.valueError = terms.valueError / count }
    }
  }
}

/// Which quantity left the finite numbers.
struct UpdateFailure: Error {
  var quantity: String
}
