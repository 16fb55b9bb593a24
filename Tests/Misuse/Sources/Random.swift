import AscentPolicies
import AscentRandomness

/// Calls a policy with arrays whose sizes are drawn: right ones, shorter and longer ones.
///
/// Prints first whether they fit. If they do, the calls must return; otherwise one of them must stop the program.
func callAtRandom(_ seed: UInt64) throws {
  let draws = try RandomStream(StreamKey(seed: seed, purpose: .bootstrap))
  func below(_ count: Int) -> Int { Int(draws.uniform() * Double(count)) }
  func size(_ right: Int) -> Int {
    let others = [0, right - 1, right + 1, right / 2, 2 * right + 1, right + 64].filter { $0 >= 0 }
    return draws.uniform() < 0.12 ? others[below(others.count)] : right
  }
  let all = try policies()
  let kind = below(all.count)
  let policy = all[kind].1
  let rows = 1 + below(40)
  let owner = draws.uniform() < 0.1 ? below(all.count) : kind
  var θ = policy.initialParameters(from: try stream())
  θ.values = .of(size(policy.parameterCount), 0.1)
  var sequences: Sequences?
  if policy.remembers {
    sequences = Sequences(stateSize: size(policy.stateSize))
    sequences?.append(rows: max(1, size(rows)))
  }
  let observations: [Float] = .of(size(rows * policy.observationSize), 1)
  let actions: [Float] = .of(size(rows * policy.actionSize))
  let weights = GradientWeights(rows: size(rows))
  var gradient: [Float] = .of(size(policy.parameterCount))

  let fits =
    owner == kind && θ.values.count == policy.parameterCount
    && observations.count == rows * policy.observationSize && actions.count == rows * policy.actionSize
    && weights.scores.count >= rows && gradient.count >= policy.learnedCount
    && (sequences.map { $0.rowCount == rows && $0.stateSize == policy.stateSize } ?? true)
  print(fits ? "fits" : "does not fit", all[kind].0, rows, observations.count, actions.count, gradient.count)

  var workspace = all[owner].1.makeWorkspace(rows: 1)
  policy.forward(θ, on: observations.span, rows: rows, [.actor, .critic], along: sequences, in: &workspace)
  var numbers: [Double] = .of(rows)
  var span = numbers.mutableSpan
  policy.readEntropies(in: workspace, into: &span)
  if actions.count == rows * policy.actionSize {
    policy.readLogProbabilities(of: actions.span, in: workspace, into: &span)
  }
  var g = gradient.mutableSpan
  policy.accumulateGradient(
    θ, of: actions.span, on: observations.span, weights: weights, in: &workspace, into: &g)
  policy.accumulateFisherProduct(
    θ, along: θ.values.span, on: observations.span, times: 1, in: &workspace, into: &g)
  print("returned")
}
