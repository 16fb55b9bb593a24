internal import Policies

/// How a rollout is cut into sequences, through which the gradient of a recurrent policy goes back in time.
public struct Truncation: Sendable, Equatable {
  /// The most steps of a sequence; 0 for whole episodes, as far as the rollout has them.
  public var length = 0
  /// How many steps before a sequence are evaluated again, so that its first state is one of the current parameters.
  public var burnIn = 0

  /// Whole episodes.
  public init() {}

  /// Whether a sequence may begin with the state before the lane's step t.
  func isMarked(_ t: Int) -> Bool {
    t == 0 || (length > 0 && t + burnIn >= length && (t + burnIn) % length == 0)
  }
}

/// Steps that go through the networks together.
struct Passage {
  /// The steps, as rows of what they are a part of.
  var rows: Range<Int>
  /// Their sequences, for a recurrent policy.
  var sequences: Sequences?
  /// Their rows among the observations: those of the leads, then those of the steps.
  var inputs: Range<Int>

  init(rows: Range<Int>, sequences: Sequences? = nil) {
    (self.rows, self.sequences, inputs) = (rows, sequences, rows)
  }
}

extension [Passage] {
  /// Adds a sequence's rows to the last passage, or to a new one if that would have more than `limit`.
  mutating func take(_ rows: Range<Int>, atMost limit: Int, stateSize: Int) {
    if let last, last.rows.count + rows.count <= limit {
      self[count - 1].rows = last.rows.lowerBound..<rows.upperBound
    } else {
      append(Passage(rows: rows, sequences: Sequences(stateSize: stateSize)))
    }
  }
}

extension Rollout.Lane {
  /// Some steps in passages of at most `limit`; those of a recurrent policy are whole episodes, one of which may be longer.
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

  /// Adds steps of an episode to the sequences, with leads before and rows behind them.
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

  /// The index of the state before a step among those that were recorded, whose steps ascend.
  private func mark(at step: Int) -> Int {
    var (low, high) = (0, memorySteps.count)
    while low < high {
      let middle = (low + high) / 2
      if memorySteps[middle] < step { low = middle + 1 } else { high = middle }
    }
    precondition(
      low < memorySteps.count && memorySteps[low] == step, "a sequence begins where no state was recorded")
    return low
  }

  /// The sequences of a truncation: their steps, how many lead to them, and their episodes.
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
