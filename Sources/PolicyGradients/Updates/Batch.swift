internal import Policies

/// Steps without their order: what an update looks at.
struct Batch: Sendable {
  /// How many steps.
  private(set) var count = 0
  /// [step × feature].
  private(set) var observations: [Float] = []
  /// [step × value].
  private(set) var actions: [Float] = []
  /// log π̄(a∣o) of the policy that acted.
  private(set) var logProbabilities: [Double] = []
  /// Â.
  var advantages: [Double] = []
  /// What V is fitted to.
  private(set) var targets: [Double] = []
  /// V before the update.
  private(set) var values: [Double] = []

  /// Puts the lanes one after the other.
  mutating func load(_ rollout: Rollout, _ advantages: Advantages, _ values: [[Double]]) {
    removeAll()
    for (l, lane) in rollout.lanes.enumerated() {
      count += lane.rewards.count
      observations += lane.observations
      actions += lane.actions
      logProbabilities += lane.logProbabilities
      self.advantages += advantages.advantages[l]
      targets += advantages.targets[l]
      self.values += values[l]
    }
  }

  /// Takes some of another batch's steps, in this order.
  mutating func gather(_ steps: ArraySlice<Int>, of other: Batch) {
    removeAll()
    guard other.count > 0 else { return }
    count = steps.count
    let (o, a) = (other.observations.count / other.count, other.actions.count / other.count)
    for t in steps {
      observations += other.observations[t * o..<(t + 1) * o]
      actions += other.actions[t * a..<(t + 1) * a]
      logProbabilities.append(other.logProbabilities[t])
      advantages.append(other.advantages[t])
      targets.append(other.targets[t])
      values.append(other.values[t])
    }
  }

  private mutating func removeAll() {
    count = 0
    observations.removeAll(keepingCapacity: true)
    actions.removeAll(keepingCapacity: true)
    logProbabilities.removeAll(keepingCapacity: true)
    advantages.removeAll(keepingCapacity: true)
    targets.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
  }

  /// Â ← (Â − mean) / deviation, the deviation with N − 1; one step alone stays as it is.
  mutating func normalizeAdvantages() {
    guard count > 1 else { return }
    var sum = 0.0
    for a in advantages { sum += a }
    let mean = sum / Double(count)
    var squares = 0.0
    for a in advantages { squares += (a - mean) * (a - mean) }
    let scale = 1 / ((squares / Double(count - 1)).squareRoot() + 1e-8)
    for k in advantages.indices { advantages[k] = (advantages[k] - mean) * scale }
  }
}
