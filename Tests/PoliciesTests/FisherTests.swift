import AscentPolicies
import AscentTestSupport
import Testing

private func dot(_ x: [Float], _ y: [Float]) -> Double {
  zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

@Suite struct `A Fisher matrix` {
  private static func product(_ one: PolicyCase, _ v: [Float]) throws -> [Float] {
    let (θ, o, rows) = (try one.parameters(), one.observations, PolicyCase.rows)
    var workspace = one.policy.makeWorkspace(rows: rows)
    one.policy.forward(θ, on: o.span, rows: rows, .actor, in: &workspace)
    var product = Array(repeating: Float(0), count: one.policy.learnedCount)
    var span = product.mutableSpan
    one.policy.accumulateFisherProduct(
      θ, along: v.span, on: o.span, times: 1, in: &workspace, into: &span)
    return product
  }

  /// uᵀFv = vᵀFu, and vᵀFv > 0: float32 leaves some 1e-6 of |u||Fv|.
  @Test(arguments: PolicyCase.all)
  func `is symmetric and positive`(_ one: PolicyCase) throws {
    for seed in [1, 40, 77] {
      let (u, v) = (numbers(one.policy.learnedCount, seed), numbers(one.policy.learnedCount, seed + 5))
      let (fu, fv) = (try Self.product(one, u), try Self.product(one, v))
      #expect(abs(dot(u, fv) - dot(v, fu)) < 1e-5 * (dot(u, u) * dot(fv, fv)).squareRoot())
      #expect(dot(u, fu) > 0 && dot(v, fv) > 0)
      for k in one.policy.criticRange { #expect(fv[k] == 0) }
    }
  }

  /// Fv = Σ_row Σₐ π(a) (∇log π · v) ∇log π, over every action of a policy that has finitely many.
  @Test(
    arguments: PolicyCase.all.filter {
      ["categorical", "categorical, shared", "masked", "choices and bits"].contains($0.name)
    })
  func `is the expectation of the scores' outer product`(_ one: PolicyCase) throws {
    let (policy, θ, o) = (one.policy, try one.parameters(), one.observations)
    let v = numbers(policy.learnedCount, 3)
    let counts = one.name == "choices and bits" ? [2, 2, 2, 2, 4] : [3]
    var expected = Array(repeating: 0.0, count: v.count)
    var workspace = policy.makeWorkspace(rows: 1)
    for row in 0..<PolicyCase.rows {
      let observation = Array(o[row * policy.observationSize..<(row + 1) * policy.observationSize])
      for index in 0..<counts.reduce(1, *) {
        var (rest, action) = (index, [Float]())
        for count in counts {
          action.append(Float(rest % count))
          rest /= count
        }
        if one.name == "masked", index == row % 3 { continue }
        var (log, score) = ([0.0], Array(repeating: Float(0), count: v.count))
        policy.logProbabilities(θ, of: action, on: observation, rows: 0..<1, in: &workspace, into: &log)
        policy.accumulateScore(
          θ, of: action, on: observation, weightedBy: [1], rows: 0..<1, in: &workspace, into: &score)
        let weight = exponential(log[0]) * dot(score, v)
        for k in score.indices { expected[k] += weight * Double(score[k]) }
      }
    }
    let found = try Self.product(one, v)
    let size = expected.reduce(0) { max($0, abs($1)) }
    for k in found.indices { #expect(abs(Double(found[k]) - expected[k]) < 1e-5 * size, "parameter \(k)") }
  }
}
