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
  /// The steps' sequences, for a policy that remembers; what leads to them is observed in `leads`.
  private(set) var sequences: Sequences?
  private var leads: [Float] = []

  /// Puts the lanes one after the other, cut into sequences if the policy remembers.
  mutating func load(
    _ rollout: Rollout, _ advantages: Advantages, _ values: [[Double]], for policy: Policy,
    cut truncation: Truncation
  ) {
    removeAll()
    sequences = policy.remembers ? Sequences(stateSize: policy.stateSize) : nil
    for (l, lane) in rollout.lanes.enumerated() {
      count += lane.rewards.count
      observations += lane.observations
      actions += lane.actions
      logProbabilities += lane.logProbabilities
      self.advantages += advantages.advantages[l]
      targets += advantages.targets[l]
      self.values += values[l]
      guard policy.remembers else { continue }
      let size = rollout.observationSize
      for cut in lane.cuts(truncation) {
        lane.append(cut.steps, leads: cut.leads, of: cut.episode, to: &sequences)
        let first = cut.steps.lowerBound
        leads += lane.observations[(first - cut.leads) * size..<first * size]
      }
    }
  }

  /// How many units a minibatch is drawn from: steps, or whole sequences.
  var unitCount: Int { sequences?.count ?? count }

  /// The minibatches of units in an order: so many steps each, the last one what is left; of sequences as many as it
  /// takes to reach them.
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

  /// Takes some of another batch's units, in this order.
  mutating func gather(_ units: ArraySlice<Int>, of other: Batch) {
    count = 0
    leads.removeAll(keepingCapacity: true)
    guard let all = other.sequences else { return take(units, of: other) }
    sequences = Sequences(stateSize: all.stateSize)
    let o = other.count == 0 ? 0 : other.observations.count / other.count
    var steps: [Int] = []
    for unit in units {
      sequences?.append(unit, of: all)
      steps += all.rows(of: unit)
      let lead = all.leads(of: unit)
      leads += other.leads[lead.lowerBound * o..<lead.upperBound * o]
    }
    take(steps[...], of: other)
  }

  private mutating func take(_ steps: ArraySlice<Int>, of other: Batch) {
    count = steps.count
    Self.take(steps, of: other.observations, other.count, into: &observations)
    Self.take(steps, of: other.actions, other.count, into: &actions)
    Self.take(steps, of: other.logProbabilities, other.count, into: &logProbabilities)
    Self.take(steps, of: other.advantages, other.count, into: &advantages)
    Self.take(steps, of: other.targets, other.count, into: &targets)
    Self.take(steps, of: other.values, other.count, into: &values)
  }

  /// The rows of these steps, of numbers that are those of `count` steps.
  private static func take<Number: BitwiseCopyable & Numeric>(
    _ steps: ArraySlice<Int>, of numbers: [Number], _ count: Int, into rows: inout [Number]
  ) {
    let size = count == 0 ? 0 : numbers.count / count
    let missing = steps.count * size - rows.count
    if missing > 0 { rows.append(contentsOf: repeatElement(0, count: missing)) }
    rows.removeLast(max(0, -missing))
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

  private mutating func removeAll() {
    count = 0
    observations.removeAll(keepingCapacity: true)
    actions.removeAll(keepingCapacity: true)
    logProbabilities.removeAll(keepingCapacity: true)
    advantages.removeAll(keepingCapacity: true)
    targets.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    leads.removeAll(keepingCapacity: true)
  }

  /// Cuts the batch into parts of at most `size` steps, or of whole sequences, one of which may be longer.
  func slices(of size: Int) -> [Passage] {
    guard let sequences else {
      return StrideChunks(range: 0..<count, size: size).map { Passage(rows: $0, sequences: nil) }
    }
    var all: [Passage] = []
    for k in 0..<sequences.count {
      all.take(sequences.rows(of: k), atMost: size, stateSize: sequences.stateSize)
      all[all.count - 1].sequences?.append(k, of: sequences)
    }
    var lead = 0
    for k in all.indices {
      all[k].firstLead = lead
      lead += all[k].sequences?.leadCount ?? 0
    }
    return all
  }

  /// Hands over what a slice observes: what leads to its sequences, then its steps.
  func withObservations<Result>(of slice: Passage, _ body: (Span<Float>) -> Result) -> Result {
    let size = count == 0 ? 0 : observations.count / count
    let own = slice.rows.lowerBound * size..<slice.rows.upperBound * size
    guard let n = slice.sequences?.leadCount, n > 0 else { return body(observations.span.extracting(own)) }
    let lead = slice.firstLead * size..<(slice.firstLead + n) * size
    let all = Array(leads[lead] + observations[own])
    return body(all.span)
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
