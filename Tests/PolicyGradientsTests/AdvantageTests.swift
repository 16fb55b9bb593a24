import AscentEnvironments
import AscentMathematics
import AscentPolicies
import AscentRandomness
import Testing

@testable import AscentPolicyGradients

/// A terminated episode of two steps, a truncated one of one, and two steps of one that the rollout cuts.
private let threeEnds: Rollout = {
  var rollout = Rollout(laneCount: 1, observationSize: 1, actionSize: 1)
  rollout.lanes[0].rewards = [1, 2, 4, 1, 3]
  rollout.lanes[0].episodes = [
    .at(0..<2, .terminated, number: 0),
    .at(2..<3, .truncated, number: 1),
    .at(3..<5, .cut, number: 2),
  ]
  return rollout
}()

/// The 100 stands behind a terminal state, where it must not count.
private let threeValues = RolloutEvaluation.Values(steps: [[2, 4, 1, 2, 6]], last: [[100, 8, 10]])

extension Advantages {
  fileprivate mutating func generalize(
    _ rollout: Rollout, _ values: RolloutEvaluation.Values, rewards: [[Double]], discount: Double,
    decay: Double
  ) {
    estimate(
      rollout, by: GeneralizedAdvantage(discount: discount, decay: decay),
      from: Ingredients(rewards: rewards, values: values))
  }

  fileprivate mutating func trace(
    _ rollout: Rollout, _ values: RolloutEvaluation.Values, logRatios: [[Double]], rewards: [[Double]],
    _ estimator: VTrace
  ) {
    estimate(
      rollout, by: estimator, from: Ingredients(rewards: rewards, values: values, logRatios: logRatios))
  }
}

private func isClose(_ x: [Double], _ y: [Double], _ tolerance: Double = 1e-12) -> Bool {
  x.count == y.count && zip(x, y).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}

@Suite struct `An advantage` {
  /// By γ = λ = ½ from the last step to the first, with δ in brackets.
  ///
  ///     terminated  (2 + 0 − 4) = −2;  (1 + 4/2 − 2) − 2/4 = ½
  ///     truncated   (4 + 8/2 − 1) = 7
  ///     cut         (3 + 10/2 − 6) = 2;  (1 + 6/2 − 2) + 2/4 = 2½
  @Test func `is what is derived by hand, whichever way an episode ends`() {
    var found = Advantages(laneCount: 1)
    found.generalize(
      threeEnds, threeValues, rewards: threeEnds.lanes.map(\.rewards), discount: 0.5, decay: 0.5)
    #expect(found.advantages == [[0.5, -2, 7, 2.5, 2]])
    #expect(found.targets == [[2.5, 2, 8, 4.5, 8]])
  }

  /// 1 + 2/2 and 2; 4 + 8/2; 1 + 3/2 + 10/4 and 3 + 10/2.
  @Test func `with λ = 1 is the n-step return minus V`() {
    var found = Advantages(laneCount: 1)
    found.generalize(
      threeEnds, threeValues, rewards: threeEnds.lanes.map(\.rewards), discount: 0.5, decay: 1)
    let returns = [2.0, 2, 8, 5, 8]
    #expect(found.targets == [returns])
    #expect(found.advantages == [zip(returns, threeValues.steps[0]).map { $0 - $1 }])
  }

  @Test func `with λ = 0 is the residual alone`() {
    var found = Advantages(laneCount: 1)
    found.generalize(
      threeEnds, threeValues, rewards: threeEnds.lanes.map(\.rewards), discount: 0.5, decay: 0)
    #expect(found.advantages == [[1, -2, 7, 2, 2]])
  }

  /// Equation 16 as it is printed: Σ (γλ)ᵏ δ(t+k) to the end of the episode.
  @Test(arguments: [(0.99, 0.95), (0.9, 0), (1, 1), (0, 0.5)])
  func `is the discounted sum of residuals`(γ: Double, λ: Double) throws {
    let (rollout, values) = try Self.random(laneCount: 3)
    var found = Advantages(laneCount: 3)
    found.generalize(rollout, values, rewards: rollout.lanes.map(\.rewards), discount: γ, decay: λ)
    for (l, lane) in rollout.lanes.enumerated() {
      for (e, episode) in lane.episodes.enumerated() {
        let beyond = episode.end == .terminated ? 0 : values.last[l][e]
        let v = Array(values.steps[l][episode.steps]) + [beyond]
        let r = Array(lane.rewards[episode.steps])
        for t in r.indices {
          var (sum, factor) = (0.0, 1.0)
          for k in t..<r.count {
            sum += factor * (r[k] + γ * v[k + 1] - v[k])
            factor *= γ * λ
          }
          let place = episode.steps.lowerBound + t
          #expect(isClose([found.advantages[l][place]], [sum]))
          #expect(isClose([found.targets[l][place]], [sum + v[t]]))
        }
      }
    }
  }

  @Test func `forgets a longer rollout, and is empty in a lane without steps`() {
    var found = Advantages(laneCount: 1)
    let rewards = threeEnds.lanes.map(\.rewards)
    found.generalize(threeEnds, threeValues, rewards: rewards, discount: 0.5, decay: 0.5)
    var short = threeEnds
    short.lanes[0].rewards = [7]
    short.lanes[0].episodes = [.at(0..<1, .truncated)]
    found.generalize(
      short, RolloutEvaluation.Values(steps: [[1]], last: [[2]]), rewards: [[7]], discount: 0.5, decay: 0.5)
    #expect(found.advantages == [[7]] && found.targets == [[8]])
    short.lanes[0].removeAll()
    found.generalize(
      short, RolloutEvaluation.Values(steps: [[]], last: [[]]), rewards: [[]], discount: 0.5, decay: 0.5)
    #expect(found.advantages == [[]] && found.targets == [[]])
  }

  /// Lanes of 12, 13, … steps, with episodes of 1, 2, 3, … steps that end in every way.
  static func random(laneCount: Int) throws -> (Rollout, RolloutEvaluation.Values) {
    let stream = try RandomStream(StreamKey(seed: 3, purpose: .environment))
    var rollout = Rollout(laneCount: laneCount, observationSize: 1, actionSize: 1)
    var values = RolloutEvaluation.Values(steps: [], last: [])
    let ends: [Trajectory.End] = [.terminated, .truncated]
    for lane in 0..<laneCount {
      let count = 12 + lane
      rollout.lanes[lane].rewards = (0..<count).map { _ in stream.standardNormal() }
      values.steps.append((0..<count).map { _ in stream.standardNormal() })
      var (first, number) = (0, 0)
      while first < count {
        let last = min(first + number + 1, count)
        rollout.lanes[lane].episodes.append(
          .at(first..<last, last == count ? .cut : ends[number % 2], number: number))
        (first, number) = (last, number + 1)
      }
      values.last.append((0..<number).map { _ in stream.standardNormal() })
    }
    return (rollout, values)
  }
}

@Suite struct `V-trace` {
  @Test(arguments: [(0.99, 0.95), (0.9, 0), (1, 1)])
  func `has the targets of generalized advantages when the policy is the one that acted`(
    γ: Double, λ: Double
  ) throws {
    let (rollout, values) = try `An advantage`.random(laneCount: 3)
    let rewards = rollout.lanes.map(\.rewards)
    var (trace, general) = (Advantages(laneCount: 3), Advantages(laneCount: 3))
    trace.trace(
      rollout, values, logRatios: rewards.map { $0.map { _ in 0 } }, rewards: rewards,
      VTrace(discount: γ, decay: λ, clip: 1))
    general.generalize(rollout, values, rewards: rewards, discount: γ, decay: λ)
    for lane in 0..<3 {
      #expect(isClose(trace.targets[lane], general.targets[lane]))
      if λ == 1 { #expect(isClose(trace.advantages[lane], general.advantages[lane])) }
    }
  }

  /// γ = λ = ½, V = 4, 2, 4 and 8 behind the end, r = 5, 1, 2, π/π̄ = ½, 2, ½. With ρ̄ = 1½:
  ///
  ///     t = 2:  ρ = ½,  δ = 2 + 8/2 − 4 = 2,  v − V = ½·2 = 1
  ///     t = 1:  ρ = 1½, c = ½·1, δ = 1 + 4/2 − 2 = 1,  v − V = 1½·1 + ½·½·1 = 1¾
  ///     t = 0:  ρ = ½,  c = ½·½, δ = 5 + 2/2 − 4 = 2,  v − V = ½·2 + ½·¼·1¾ = 1 7/32
  ///
  /// and Â = ρ (r + v(t+1)/2 − V). Without ρ̄, t = 1 has ρ = 2: v − V = 2¼.
  @Test(arguments: [
    (1.5, [5.21875, 3.75, 5], [1.4375, 2.25, 1]), (.infinity, [5.28125, 4.25, 5], [1.5625, 3, 1]),
  ])
  func `is what is derived by hand`(clip: Double, targets: [Double], advantages: [Double]) {
    var rollout = Rollout(laneCount: 1, observationSize: 1, actionSize: 1)
    rollout.lanes[0].rewards = [5, 1, 2]
    rollout.lanes[0].episodes = [.at(0..<3, .cut)]
    let values = RolloutEvaluation.Values(steps: [[4, 2, 4]], last: [[8]])
    let two = logarithm(2)
    var found = Advantages(laneCount: 1)
    found.trace(
      rollout, values, logRatios: [[-two, two, -two]], rewards: [[5, 1, 2]],
      VTrace(discount: 0.5, decay: 0.5, clip: clip))
    #expect(isClose(found.targets[0], targets))
    #expect(isClose(found.advantages[0], advantages))
  }

  @Test func `stops where the process does`() {
    var found = Advantages(laneCount: 1)
    found.trace(
      threeEnds, threeValues, logRatios: [[0, 0, 0, 0, 0]], rewards: threeEnds.lanes.map(\.rewards),
      VTrace(discount: 0.5, decay: 0.5, clip: 1))
    #expect(found.targets == [[2.5, 2, 8, 4.5, 8]])
    // 1 + 2/2 − 2, 2 − 4, 4 + 8/2 − 1, 1 + 8/2 − 2, 3 + 10/2 − 6.
    #expect(found.advantages == [[0, -2, 7, 3, 2]])
  }
}
