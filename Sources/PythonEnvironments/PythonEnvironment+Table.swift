public import AscentEnvironments

extension PythonEnvironment {
  /// The tables of the process, if the environment has them (`env.unwrapped.P`, as Gymnasium's toy-text environments
  /// do), or nil.
  ///
  /// Transitions that terminate lead to an additional last state, since some environments enter the same state both
  /// with and without terminating. Rewards of transitions between the same states are averaged.
  public var process: MarkovDecisionProcess? {
    guard let text = try? tableText else { return nil }
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
    guard lines.count > 2, lines[0].count == 2 else { return nil }
    let (observed, actions) = (Int(lines[0][0]), Int(lines[0][1]))
    let states = observed + 1
    guard observed > 0, actions > 0, lines[1].count == observed,
      states * states * actions <= Self.largestTable
    else { return nil }
    var transition = Array(repeating: 0.0, count: states * actions * states)
    var reward = transition
    for line in lines.dropFirst(2) {
      guard line.count == 6 else { return nil }
      let (s, a, p) = (Int(line[0]), Int(line[1]), line[3])
      let next = line[5] == 1 ? observed : Int(line[2])
      guard (0..<observed).contains(s), (0..<actions).contains(a), (0..<states).contains(next) else {
        return nil
      }
      let k = (s * actions + a) * states + next
      transition[k] += p
      reward[k] += p * line[4]
    }
    for k in reward.indices where transition[k] > 0 { reward[k] /= transition[k] }
    for a in 0..<actions { transition[(observed * actions + a) * states + observed] = 1 }
    return try? MarkovDecisionProcess(
      stateCount: states, actionCount: actions, transition: transition, reward: reward,
      initial: lines[1] + [0],
      terminal: (0..<states).map { $0 == observed })
  }

  /// The largest number of entries that is tabulated: 64 MB of probabilities.
  private static var largestTable: Int { 8_000_000 }
}
