internal import AscentEnvironments
internal import AscentPolicies
internal import AscentRandomness

/// How often a policy acts on a bound of a box that the actions of a file never reach.
///
/// A Gaussian policy is clamped to the bounds, so it acts there with a positive probability; actions of a squashed or a
/// beta policy are never there, and no weight makes up for them. One action is drawn for each step of the file.
struct MissedBounds {
  private let opened: OpenedPolicy
  private let reading: LoggedActions
  private let stream: RandomStream
  private var acting: Acting
  /// For each number of an action: true if the file reaches a bound.
  private var reached: [Bool]
  /// For each number of an action, the steps at which the policy reaches a bound, as sets of all numbers that do.
  private var steps: [[Bool]: Int] = [:]
  private var count = 0

  init(_ opened: OpenedPolicy) throws(ExperimentError) {
    self.opened = opened
    let lanes = opened.environment.lanes
    reading = LoggedActions(for: opened.policy, in: lanes.actionSpace)
    reached = Array(repeating: false, count: lanes.actionSize)
    acting = Acting(opened.policy, laneCount: 1)
    do {
      stream = try RandomStream(
        StreamKey(seed: lanes.seed, purpose: .evaluationActions), generator: opened.configuration.generator)
    } catch {
      throw ExperimentError(error)
    }
  }

  /// Counts the steps of an episode.
  mutating func add(_ episode: LoggedEpisode) {
    guard reading.canReachBounds else { return }
    for k in reached.indices where episode.reachesBounds[k] { reached[k] = true }
    let size = opened.policy.observationSize
    acting.exploration.restart()
    acting.memory.forget(0)
    for t in episode.rewards.indices {
      acting.observations = Array(episode.observations[t * size..<(t + 1) * size])
      opened.policy.act(opened.parameters, for: [0], drawing: [stream], in: &acting)
      var marks = Array(repeating: false, count: reached.count)
      reading.markBounds(acting.actions[...].prefix(reached.count), in: &marks)
      if marks.contains(true) { steps[marks, default: 0] += 1 }
      count += 1
    }
  }

  /// The share of steps at which a number is at a bound that the file never reaches.
  var share: Double {
    let missed = steps.filter { marks, _ in zip(marks, reached).contains { $0 && !$1 } }
    return count > 0 ? Double(missed.values.reduce(0, +)) / Double(count) : 0
  }
}
