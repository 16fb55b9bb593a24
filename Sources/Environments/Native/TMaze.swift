internal import AscentMathematics

extension PartiallyObservedProcess {
  /// The T-maze (Bakker 2002): a sign at the beginning of a corridor shows where to turn at its end.
  ///
  /// A state is the side of the goal (up 0, down 1, each with probability ½) and the cell, 0 … `corridor`, of which the
  /// last is the junction; one more state is terminal. Actions: up 0, right 1, down 2, left 3. At the junction, up and
  /// down end the episode; they pay 4 on the side of the goal and −0.1 on the other. Any other action that does not
  /// change the cell costs 0.1. Observations: the sign up (0) or down (1) in cell 0, the corridor (2), and the junction
  /// (3).
  public static func tMaze(corridor: Int = tMazeCorridor) throws(ProcessError) -> PartiallyObservedProcess {
    Require.number(corridor, of: "length of the corridor", from: 1)
    let (cells, actions, observations) = (corridor + 1, 4, 4)
    let states = 2 * cells + 1
    let end = states - 1
    var transition = Array(repeating: 0.0, count: states * actions * states)
    var reward = transition
    var emission = Array(repeating: 0.0, count: states * observations)
    var initial = Array(repeating: 0.0, count: states)
    for s in 0..<states {
      let (side, cell) = (s / cells, s % cells)
      let seen = s == end ? 3 : cell == 0 ? side : cell == corridor ? 3 : 2
      emission[s * observations + seen] = 1
      for a in 0..<actions {
        var (next, r) = (s, -0.1)
        if s == end {
          r = 0
        } else if cell == corridor, a == 0 || a == 2 {
          (next, r) = (end, a == 2 * side ? 4 : -0.1)
        } else if a == 1, cell < corridor {
          (next, r) = (s + 1, 0)
        } else if a == 3, cell > 0 {
          (next, r) = (s - 1, 0)
        }
        transition[(s * actions + a) * states + next] = 1
        reward[(s * actions + a) * states + next] = r
      }
    }
    (initial[0], initial[cells]) = (0.5, 0.5)
    let process = try MarkovDecisionProcess(
      stateCount: states, actionCount: actions, transition: transition, reward: reward, initial: initial,
      terminal: (0..<states).map { $0 == end })
    return try PartiallyObservedProcess(
      process, observationCount: observations, emission: (0..<actions).flatMap { _ in emission },
      initialEmission: emission)
  }

  /// The length of the corridor of `native:t-maze`.
  public static let tMazeCorridor = 10
  /// The number of steps after which `native:t-maze` truncates.
  public static let tMazeTimeLimit = 60
}

extension NativeEnvironment {
  /// The environment `native:t-maze`.
  public static let tMaze = NativeEnvironment(
    "t-maze", help: "a sign, a corridor of 10, and a turn to the side that the sign showed, 60 steps",
    timeLimit: PartiallyObservedProcess.tMazeTimeLimit,
    model: .partiallyObserved { () throws(ProcessError) in try .tMaze() })
}
