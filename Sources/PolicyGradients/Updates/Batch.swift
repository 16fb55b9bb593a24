internal import AscentMathematics
internal import AscentPolicies

/// Numbers of some steps, in no particular order: the data of an update besides the observations.
struct StepNumbers: Sendable {
  /// The number of steps.
  var count = 0
  /// [step × value].
  var actions: [Float] = []
  /// log π̄(a∣o) of the policy that acted.
  var logProbabilities: [Double] = []
  /// Â.
  var advantages: [Double] = []
  /// The targets of V.
  var targets: [Double] = []
  /// V before the update.
  var values: [Double] = []

  mutating func removeAll() {
    count = 0
    actions.removeAll(keepingCapacity: true)
    logProbabilities.removeAll(keepingCapacity: true)
    advantages.removeAll(keepingCapacity: true)
    targets.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
  }

  /// Copies some steps of other numbers, in the given order.
  mutating func take(_ steps: ArraySlice<Int>, of other: StepNumbers) {
    count = steps.count
    let size = other.count == 0 ? 0 : other.actions.count / other.count
    Self.take(steps, of: other.actions, size: size, into: &actions)
    Self.take(steps, of: other.logProbabilities, into: &logProbabilities)
    Self.take(steps, of: other.advantages, into: &advantages)
    Self.take(steps, of: other.targets, into: &targets)
    Self.take(steps, of: other.values, into: &values)
  }

  private static func take<Number: BitwiseCopyable & Numeric>(
    _ steps: ArraySlice<Int>, of numbers: [Number], size: Int = 1, into rows: inout [Number]
  ) {
    rows.resize(to: steps.count * size)
    let (source, order) = (numbers.span, steps.span)
    var target = rows.mutableSpan
    guard size != 1 else {
      for k in order.indices { target[k] = source[order[k]] }
      return
    }
    var next = 0
    for k in order.indices {
      let first = order[k] * size
      for i in first..<first + size {
        target[next] = source[i]
        next += 1
      }
    }
  }

  /// Â ← (Â − mean) / max(deviation, least), where the deviation has divisor N − 1; a single step remains unchanged.
  mutating func normalizeAdvantages(least: Double = 0) {
    guard count > 1 else { return }
    var sum = 0.0
    for a in advantages { sum += a }
    let mean = sum / Double(count)
    var squares = 0.0
    for a in advantages { squares += (a - mean) * (a - mean) }
    let scale = 1 / (max((squares / Double(count - 1)).squareRoot(), least) + 1e-8)
    for k in advantages.indices { advantages[k] = (advantages[k] - mean) * scale }
  }
}

/// The steps of all lanes of a rollout, in the order of the lanes.
///
/// The observations remain in the rollout.
struct Batch: Sendable {
  /// The numbers of each step.
  var steps = StepNumbers()
  /// The location of each step's observation.
  private var places: [ObservationRows.Place] = []
  /// The sequences of the steps, for a recurrent policy.
  private(set) var sequences: Sequences?

  /// The number of steps.
  var count: Int { steps.count }

  /// Loads the steps of all lanes, divided into sequences if the policy is recurrent.
  ///
  /// - Parameters:
  ///   - rollout: the steps.
  ///   - advantages: Â and targets, [lane][step].
  ///   - values: V, [lane][step].
  ///   - policy: the policy.
  ///   - truncation: the division into sequences.
  ///   - isComplete: true to leave out the steps of cut episodes.
  mutating func load(
    _ rollout: Rollout, _ advantages: Advantages, _ values: [[Double]], for policy: Policy,
    cut truncation: Truncation, isComplete: Bool = false
  ) {
    removeAll()
    sequences = policy.remembers ? Sequences(stateSize: policy.stateSize) : nil
    for (l, lane) in rollout.lanes.enumerated() {
      var end = lane.rewards.count
      if isComplete, let last = lane.episodes.last, last.end == .cut { end = last.steps.lowerBound }
      steps.count += end
      steps.actions += lane.actions[..<lane.values[end]]
      steps.logProbabilities += lane.logProbabilities[..<end]
      steps.advantages += advantages.advantages[l][..<end]
      steps.targets += advantages.targets[l][..<end]
      steps.values += values[l][..<end]
      for episode in lane.episodes where episode.steps.upperBound <= end {
        for slot in episode.slots.dropLast() {
          places.append(ObservationRows.Place(lane: l, slot: slot))
        }
      }
      guard policy.remembers else { continue }
      for cut in lane.cuts(truncation) where cut.steps.upperBound <= end {
        lane.append(cut.steps, leads: cut.leads, of: cut.episode, to: &sequences)
      }
    }
  }

  private mutating func removeAll() {
    steps.removeAll()
    places.removeAll(keepingCapacity: true)
  }

  /// The location of a step's observation.
  func place(of step: Int) -> ObservationRows.Place { places[step] }

  /// The number of units that minibatches are drawn from: steps or whole sequences.
  var unitCount: Int { sequences?.count ?? count }

  /// Divides an order of units into minibatches of `size` steps; the last one contains the remaining steps.
  ///
  /// A minibatch of sequences has as many whole sequences as are needed to reach `size` steps.
  func minibatches(of order: [Int], size: Int) -> [ArraySlice<Int>] {
    guard let sequences else { return StrideChunks(range: order.indices, size: size).map { order[$0] } }
    var (all, first, steps) = ([ArraySlice<Int>](), 0, 0)
    for (k, unit) in order.enumerated() {
      steps += sequences.rows(of: unit).count
      guard steps >= size || k == order.count - 1 else { continue }
      all.append(order[first...k])
      (first, steps) = (k + 1, 0)
    }
    return all
  }
}
