/// A finite Markov decision process ⟨S, A, T, r⟩, given by its tables.
public struct MarkovDecisionProcess: Sendable, Equatable {
  /// |S|.
  public let stateCount: Int
  /// |A|.
  public let actionCount: Int
  /// p(s′∣s, a), [state × action × state].
  public let transition: [Double]
  /// r(s, a, s′), [state × action × state].
  public let reward: [Double]
  /// p(s₁), [state].
  public let initial: [Double]
  /// True for terminal states, [state].
  public let terminal: [Bool]

  /// Makes a process after checking its tables.
  ///
  /// - Throws: ``ProcessError`` when a table has another size, a probability is negative or not a number, or
  ///   a distribution does not sum to 1 within 1e-9.
  public init(
    stateCount: Int, actionCount: Int, transition: [Double], reward: [Double], initial: [Double],
    terminal: [Bool]
  ) throws(ProcessError) {
    guard stateCount > 0, actionCount > 0 else { throw ProcessError.empty }
    let size = stateCount * actionCount * stateCount
    for (table, count, expected) in [
      ("transition", transition.count, size), ("reward", reward.count, size),
      ("initial", initial.count, stateCount), ("terminal", terminal.count, stateCount),
    ] where count != expected {
      throw ProcessError.size(table: table, expected: expected, found: count)
    }
    if let bad = reward.firstIndex(where: { !$0.isFinite }) { throw ProcessError.reward(index: bad) }
    try Self.check(initial[...], "initial")
    for row in 0..<stateCount * actionCount {
      let (s, a) = (row / actionCount, row % actionCount)
      try Self.check(
        transition[row * stateCount..<(row + 1) * stateCount], "transition from state \(s), action \(a)")
    }
    self.stateCount = stateCount
    self.actionCount = actionCount
    self.transition = transition
    self.reward = reward
    self.initial = initial
    self.terminal = terminal
  }

  static func check(_ p: ArraySlice<Double>, _ table: String) throws(ProcessError) {
    guard p.allSatisfy({ $0 >= 0 && $0 <= 1 }) else { throw ProcessError.probability(table: table) }
    let sum = p.reduce(0, +)
    guard abs(sum - 1) < 1e-9 else { throw ProcessError.sum(table: table, found: sum) }
  }

  /// The index of (s, a, s′) in the transition and reward tables.
  public func index(_ s: Int, _ a: Int, _ next: Int) -> Int { (s * actionCount + a) * stateCount + next }
}

/// The error of tables that do not define a process.
public enum ProcessError: Error, Equatable, CustomStringConvertible {
  /// There is no state or no action.
  case empty
  /// A table's number of entries does not match |S| and |A|.
  case size(table: String, expected: Int, found: Int)
  /// A probability is outside of [0, 1] or not a number.
  case probability(table: String)
  /// A distribution does not sum to 1.
  case sum(table: String, found: Double)
  /// A reward is not finite.
  case reward(index: Int)

  /// One sentence.
  public var description: String {
    switch self {
    case .empty: "a process needs at least one state and one action"
    case .size(let table, let expected, let found):
      "the table \(table) should have \(expected) entries but has \(found)"
    case .probability(let table): "the table \(table) has an entry outside of [0, 1]"
    case .sum(let table, let found): "the table \(table) should sum to 1 but sums to \(found)"
    case .reward(let index): "entry \(index) of the reward table is not finite"
    }
  }
}
