internal import Mathematics
internal import Policies

/// One step along the natural gradient F⁻¹ ĝ (Kakade 2001), so long that the divergence is δ to second order.
///
///     θ′ = θ + √(2δ / xᵀ F x) x  with  F x = ĝ.
///
/// With a line search the step is shortened until the divergence really is below δ and the surrogate
/// Σ ρ Â rises: that is TRPO (Schulman and others 2015, appendix C).
struct NaturalUpdate {
  private let settings: Algorithm
  private let policy: Policy
  private var gradient: BatchGradient
  private var workspace: Workspace
  private var slices: [[Float]] = []
  private let collective: any Collective

  init(_ settings: Algorithm, _ policy: Policy, with collective: any Collective) {
    self.collective = collective
    self.settings = settings
    self.policy = policy
    gradient = BatchGradient(policy, with: collective)
    workspace = policy.makeWorkspace(rows: gradient.sliceSize)
  }

  mutating func ascend(
    _ batch: Batch, _ θ: inout Parameters, _ factors: MinibatchUpdate.Factors,
    into report: inout UpdateReport
  ) throws(UpdateFailure) {
    guard batch.count > 0 else { return }
    let (n, entropy) = (Double(batch.count), settings.entropy * factors.entropy)
    gradient.compute(batch, policy, θ, .actor) { t, _, _ in (batch.advantages[t] / n, entropy / n, 0) }
    let g = gradient.gradient
    report.gradientNorm = gradient.norm
    guard report.gradientNorm.isFinite else { throw UpdateFailure(quantity: "gradient") }
    let x = ConjugateGradient.solve(g, steps: settings.conjugateSteps) { v, image in
      multiply(v, batch, θ, into: &image)
    }
    var image = x
    multiply(x, batch, θ, into: &image)
    let curvature = ParameterUpdate.dot(x.span, image.span)
    guard curvature.isFinite, curvature > 0 else {
      report.lineSearch = -1
      return
    }
    let length = (2 * settings.trustRegion * factors.rate / curvature).squareRoot()
    report.updates += 1
    if settings.update == .natural {
      move(&θ, along: x, length)
      return
    }
    try search(batch, &θ, x, length, settings.trustRegion * factors.rate, into: &report)
  }

  /// Takes the first of the steps 1, 0.8, 0.8², … that keeps to the trust region and raises the surrogate.
  private mutating func search(
    _ batch: Batch, _ θ: inout Parameters, _ x: [Float], _ length: Double, _ bound: Double,
    into report: inout UpdateReport
  ) throws(UpdateFailure) {
    let start = θ
    let before = snapshots(batch, θ)
    var level = 0.0
    for a in batch.advantages { level += a }
    level /= Double(batch.count)
    var factor = length
    for attempt in 0..<max(1, settings.lineSearchSteps) {
      θ = start
      move(&θ, along: x, factor)
      let (surrogate, divergence) = compare(batch, θ, before)
      if surrogate.isFinite, divergence.isFinite, surrogate > level, divergence < bound {
        report.divergence = divergence
        report.lineSearch = attempt
        return
      }
      factor *= 0.8
    }
    θ = start
    report.lineSearch = -1
  }

  private func move(_ θ: inout Parameters, along x: [Float], _ length: Double) {
    var span = θ.values.mutableSpan
    ParameterUpdate.ascend(&span, along: x.span, rate: Float(length))
  }

  private func passages(of batch: Batch) -> [Passage] { batch.slices(of: gradient.sliceSize) }

  private mutating func forward(_ batch: Batch, _ θ: Parameters, _ slice: Passage) {
    batch.withObservations(of: slice) { o in
      policy.forward(
        θ, on: o, rows: slice.rows.count, .actor, along: slice.sequences, in: &workspace)
    }
  }

  /// F v + damping v over the whole batch, slice by slice.
  private mutating func multiply(_ v: [Float], _ batch: Batch, _ θ: Parameters, into image: inout [Float]) {
    let weight = Float(1 / Double(batch.count))
    let passages = passages(of: batch)
    let count = passages.count
    while slices.count < count { slices.append(Array(repeating: 0, count: v.count)) }
    for k in collective.share(of: count) {
      let slice = passages[k]
      for i in slices[k].indices { slices[k][i] = 0 }
      batch.withObservations(of: slice) { o in
        policy.forward(
          θ, on: o, rows: slice.rows.count, .actor, along: slice.sequences, in: &workspace)
        var product = slices[k]
        slices[k] = []
        var span = product.mutableSpan
        policy.accumulateFisherProduct(
          θ, along: v.span, on: o, times: weight, rows: slice.rows.count, in: &workspace, into: &span)
        slices[k] = product
      }
    }
    collective.complete(&slices, count: count)
    LaneTree.reduce(count) { left, right in
      let addend = slices[right]
      var sum = slices[left].mutableSpan
      ParameterUpdate.add(addend.span, to: &sum)
    }
    let damping = Float(settings.damping)
    for k in image.indices { image[k] = slices[0][k] + damping * v[k] }
  }

  /// The distributions of this process's slices.
  private mutating func snapshots(_ batch: Batch, _ θ: Parameters) -> [Policy.Snapshot] {
    var all: [Policy.Snapshot] = []
    let passages = passages(of: batch)
    for slice in passages[collective.share(of: passages.count)] {
      forward(batch, θ, slice)
      all.append(policy.snapshot(rows: slice.rows.count, of: workspace))
    }
    return all
  }

  /// The means of ρ Â and of KL(π̄ ‖ π).
  private mutating func compare(
    _ batch: Batch, _ θ: Parameters, _ before: [Policy.Snapshot]
  ) -> (surrogate: Double, divergence: Double) {
    let passages = passages(of: batch)
    var surrogates = Array(repeating: 0.0, count: passages.count)
    var divergences = surrogates
    var room = Array(repeating: 0.0, count: gradient.sliceSize)
    let size = policy.actionSize
    for (snapshot, slice) in zip(before, collective.share(of: passages.count)) {
      let passage = passages[slice]
      let rows = passage.rows
      if room.count < rows.count { room = Array(repeating: 0, count: rows.count) }
      forward(batch, θ, passage)
      var span = room.mutableSpan
      policy.readLogProbabilities(
        of: batch.actions.span.extracting(rows.lowerBound * size..<rows.upperBound * size), rows: rows.count,
        in: workspace, into: &span)
      var sum = 0.0
      for (k, t) in rows.enumerated() {
        sum += exponential(room[k] - batch.logProbabilities[t]) * batch.advantages[t]
      }
      surrogates[slice] = sum
      var d = room.mutableSpan
      policy.readDivergences(from: snapshot, rows: rows.count, in: workspace, into: &d)
      sum = 0
      for k in 0..<rows.count { sum += room[k] }
      divergences[slice] = sum
    }
    collective.complete(&surrogates)
    collective.complete(&divergences)
    let n = Double(batch.count)
    return (LaneTree.sum(surrogates) / n, LaneTree.sum(divergences) / n)
  }
}
