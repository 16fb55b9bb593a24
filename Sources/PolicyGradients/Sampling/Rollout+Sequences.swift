internal import AscentPolicies

/// The division of a rollout into sequences for truncated backpropagation through time of a recurrent policy.
public struct Truncation: Sendable, Equatable {
  /// The largest number of steps of a sequence; 0 for whole episodes, as far as they are in the rollout.
  public var length = 0
  /// The number of steps before a sequence that are evaluated again.
  ///
  /// With burn-in, a sequence's initial state is computed with the current parameters.
  public var burnIn = 0

  /// Makes a truncation to whole episodes.
  public init() {}

  /// True if a sequence may start with the recurrent state before step t of the lane.
  func isMarked(_ t: Int) -> Bool {
    t == 0 || (length > 0 && t + burnIn >= length && (t + burnIn) % length == 0)
  }
}

/// Steps that are evaluated in one forward pass.
struct Passage {
  /// The steps, as rows of the array that they belong to.
  var rows: Range<Int>
  /// The sequences of the steps, for a recurrent policy.
  var sequences: Sequences?
  /// The rows of their observations: lead rows, then the steps.
  var inputs: Range<Int>

  init(rows: Range<Int>, sequences: Sequences? = nil) {
    (self.rows, self.sequences, inputs) = (rows, sequences, rows)
  }
}

extension [Passage] {
  /// Adds a sequence's rows to the last passage, or to a new one if the last would exceed `limit` rows.
  mutating func take(_ rows: Range<Int>, atMost limit: Int, stateSize: Int) {
    if let last, last.rows.count + rows.count <= limit {
      self[count - 1].rows = last.rows.lowerBound..<rows.upperBound
    } else {
      append(Passage(rows: rows, sequences: Sequences(stateSize: stateSize)))
    }
  }
}

extension Rollout.Lane {
  /// Divides steps into passages of at most `limit`.
  ///
  /// For a recurrent policy a passage consists of whole episodes; a single episode may exceed the limit.
  func passages(_ range: Range<Int>, _ policy: Policy, atMost limit: Int) -> [Passage] {
    guard policy.remembers else {
      return StrideChunks(range: range, size: limit).map { Passage(rows: $0) }
    }
    var all: [Passage] = []
    for episode in episodes where range.contains(episode.steps.lowerBound) && !episode.steps.isEmpty {
      all.take(episode.steps, atMost: limit, stateSize: policy.stateSize)
      append(episode.steps, of: episode, to: &all[all.count - 1].sequences)
    }
    return all
  }

  /// Adds steps of an episode to the sequences, with `leads` lead rows before and `more` rows after them.
  func append(
    _ steps: Range<Int>, leads: Int = 0, more: Int = 0, of episode: Rollout.Episode,
    to sequences: inout Sequences?
  ) {
    let start = steps.lowerBound - leads
    if start == episode.steps.lowerBound, episode.earlierSteps == 0 {
      sequences?.append(rows: steps.count + more, leads: leads)
    } else if let size = sequences?.stateSize {
      let k = mark(at: start)
      let state = memories.span.extracting(k * size..<(k + 1) * size)
      sequences?.append(rows: steps.count + more, leads: leads, from: state)
    }
  }

  /// The index of the recorded state before a step, by binary search: the recorded steps are ascending.
  private func mark(at step: Int) -> Int {
    var (low, high) = (0, memorySteps.count)
    while low < high {
      let middle = (low + high) / 2
      if memorySteps[middle] < step { low = middle + 1 } else { high = middle }
    }
    precondition(
      low < memorySteps.count && memorySteps[low] == step,
      "no recurrent state was recorded at the beginning of the sequence")
    return low
  }

  /// The sequences of a truncation: the steps, the number of lead rows and the episode of each.
  func cuts(_ truncation: Truncation) -> [(steps: Range<Int>, leads: Int, episode: Rollout.Episode)] {
    episodes.flatMap { episode in
      var (all, first) = (
        [(steps: Range<Int>, leads: Int, episode: Rollout.Episode)](), episode.steps.lowerBound
      )
      while first < episode.steps.upperBound {
        let next = truncation.length == 0 ? Int.max : (first / truncation.length + 1) * truncation.length
        let leads = min(truncation.burnIn, first - episode.steps.lowerBound)
        all.append((first..<min(next, episode.steps.upperBound), leads, episode))
        first = all[all.count - 1].steps.upperBound
      }
      return all
    }
  }
}
