internal import Mathematics

/// How much better each action was than the policy's mean, and what V should have said: [lane][step].
///
/// Values beyond the steps: a terminated episode is worth nothing more; a truncated one, and one that the rollout
/// cuts, goes on unseen with the value of the observation that it stopped in.
struct Advantages: Sendable {
  /// Â(t).
  var advantages: [[Double]]
  /// What V(o(t)) is fitted to.
  var targets: [[Double]]

  init(laneCount: Int) {
    advantages = Array(repeating: [], count: laneCount)
    targets = advantages
  }

  /// Generalized advantage estimation (Schulman and others 2016, equation 16).
  ///
  ///     Â(t) = δ(t) + γ λ Â(t+1)  with the residuals  δ(t) = r(t) + γ V(t+1) − V(t).
  ///
  /// λ = 1 is the n-step return minus V, λ = 0 the residual alone. The target is Â(t) + V(t).
  mutating func generalize(
    _ rollout: Rollout, _ values: RolloutValues, rewards: [[Double]], discount γ: Double, decay λ: Double
  ) {
    for (l, lane) in rollout.lanes.enumerated() {
      resize(l, lane.rewards.count)
      for (e, episode) in lane.episodes.enumerated() {
        var (next, sum) = (episode.end == .terminated ? 0 : values.last[l][e], 0.0)
        for t in episode.steps.reversed() {
          let v = values.steps[l][t]
          sum = rewards[l][t] + γ * next - v + γ * λ * sum
          advantages[l][t] = sum
          targets[l][t] = sum + v
          next = v
        }
      }
    }
  }

  /// V-trace (Espeholt and others 2018, equations 1 and 4) for steps of an older policy.
  ///
  /// With ρ(t) = min(ρ̄, π/π̄) and c(t) = λ min(1, π/π̄) it is
  ///
  ///     v(t) = V(t) + ρ(t) δ(t) + γ c(t) (v(t+1) − V(t+1)),   Â(t) = ρ(t) (r(t) + γ v(t+1) − V(t)).
  mutating func trace(
    _ rollout: Rollout, _ values: RolloutValues, logRatios: [[Double]], rewards: [[Double]],
    discount γ: Double, decay λ: Double, clip: Double
  ) {
    for (l, lane) in rollout.lanes.enumerated() {
      resize(l, lane.rewards.count)
      for (e, episode) in lane.episodes.enumerated() {
        var next = episode.end == .terminated ? 0 : values.last[l][e]
        var (nextTarget, difference) = (next, 0.0)
        for t in episode.steps.reversed() {
          let (v, ratio) = (values.steps[l][t], exponential(logRatios[l][t]))
          let ρ = min(clip, ratio)
          difference = ρ * (rewards[l][t] + γ * next - v) + γ * λ * min(1, ratio) * difference
          advantages[l][t] = ρ * (rewards[l][t] + γ * nextTarget - v)
          targets[l][t] = v + difference
          (next, nextTarget) = (v, v + difference)
        }
      }
    }
  }

  private mutating func resize(_ lane: Int, _ count: Int) {
    guard advantages[lane].count != count else { return }
    advantages[lane] = Array(repeating: 0, count: count)
    targets[lane] = advantages[lane]
  }
}

/// V of everything that a rollout observed.
struct RolloutValues: Sendable {
  /// V(o(t)), [lane][step].
  var steps: [[Double]]
  /// V of the observation in which each episode ended, [lane][episode].
  var last: [[Double]]
}
