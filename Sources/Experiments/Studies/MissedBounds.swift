internal import AscentEnvironments
internal import AscentPolicies
internal import AscentRandomness

/// How often a policy acts on a bound of a box that no weights of a file's actions stand for.
///
/// A Gaussian policy is clamped to the bounds, so it acts there with a positive probability. Draws beyond the bounds, of
/// another Gaussian, have weights for that; actions between the bounds have none, and a single one on a bound does not
/// either. One action is drawn for each step of the file.
struct MissedBounds {
  private let opened: OpenedPolicy
  private let reading: LoggedActions
  private let stream: RandomStream
  private var acting: Acting
  /// The bounds beyond which actions of the file were drawn (``LoggedActions/Read/goesBeyond``).
  private var covered: [Bool]
  /// The number of steps at which the policy acts on each set of bounds.
  private var steps: [[Bool]: Int] = [:]
  private var count = 0

  init(_ opened: OpenedPolicy) throws(ExperimentError) {
    self.opened = opened
    let lanes = opened.environment.lanes
    reading = LoggedActions(for: opened.policy, in: lanes.actionSpace)
    covered = Array(repeating: false, count: 2 * lanes.actionSize)
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
    for k in covered.indices where episode.goesBeyond[k] { covered[k] = true }
    let size = opened.policy.observationSize
    acting.exploration.restart()
    acting.memory.forget(0)
    for t in episode.rewards.indices {
      acting.observations = Array(episode.observations[t * size..<(t + 1) * size])
      opened.policy.act(opened.parameters, for: [0], drawing: [stream], in: &acting)
      let bounds = reading.bounds(of: acting.actions.prefix(covered.count / 2))
      if bounds.contains(true) { steps[bounds, default: 0] += 1 }
      count += 1
    }
  }

  /// The share of steps at which a number is at a bound that the file does not cover.
  var share: Double {
    let missed = steps.filter { bounds, _ in zip(bounds, covered).contains { $0 && !$1 } }
    return count > 0 ? Double(missed.values.reduce(0, +)) / Double(count) : 0
  }
}
