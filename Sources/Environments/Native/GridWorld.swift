extension MarkovDecisionProcess {
  /// A slippery grid of 4 × 4 tiles with a goal and a pit.
  ///
  /// Tiles are numbered row by row, and episodes start on tile 0. Actions 0 to 3 move up, right, down and left. The
  /// move has the intended direction with probability 0.8 and each of the two perpendicular ones with 0.1; a move into
  /// a wall stays on the tile. Tile 15 terminates the episode with reward 1 and tile 10 with −1; every other step has
  /// reward −0.04.
  public static func gridWorld() throws(ProcessError) -> MarkovDecisionProcess {
    let (side, goal, pit) = (4, 15, 10)
    let count = side * side
    var transition = Array(repeating: 0.0, count: count * 4 * count)
    var reward = Array(repeating: -0.04, count: count * 4 * count)
    for s in 0..<count {
      for a in 0..<4 {
        let row = (s * 4 + a) * count
        reward[row + goal] = 1
        reward[row + pit] = -1
        for (direction, p) in [(a, 0.8), ((a + 1) % 4, 0.1), ((a + 3) % 4, 0.1)] {
          let next = s == goal || s == pit ? s : tile(from: s, going: direction, side: side)
          transition[row + next] += p
        }
      }
    }
    var (initial, terminal) = (Array(repeating: 0.0, count: count), Array(repeating: false, count: count))
    initial[0] = 1
    terminal[goal] = true
    terminal[pit] = true
    return try MarkovDecisionProcess(
      stateCount: count, actionCount: 4, transition: transition, reward: reward, initial: initial,
      terminal: terminal)
  }

  /// The number of steps after which `native:gridworld` truncates.
  public static let gridWorldTimeLimit = 30

  private static func tile(from s: Int, going direction: Int, side: Int) -> Int {
    let (row, column) = (s / side, s % side)
    let (down, right) = [(-1, 0), (0, 1), (1, 0), (0, -1)][direction]
    let (newRow, newColumn) = (row + down, column + right)
    guard (0..<side).contains(newRow), (0..<side).contains(newColumn) else { return s }
    return newRow * side + newColumn
  }
}

extension NativeEnvironment {
  /// The environment `native:gridworld`.
  public static let gridWorld = NativeEnvironment(
    "gridworld", help: "4 × 4 tiles that slip, a goal and a pit, 30 steps",
    timeLimit: MarkovDecisionProcess.gridWorldTimeLimit,
    model: .finite { () throws(ProcessError) in try .gridWorld() })
}
