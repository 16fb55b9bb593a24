extension PartiallyObservedProcess {
  /// The hallway (Littman, Cassandra and Kaelbling 1995): find one of four alcoves by sensing walls.
  ///
  /// A corridor of 11 cells runs from west to east. The alcoves, cells 11 … 14, are south of cells 2, 4, 6 and 8,
  /// counted from 0, and the last one is the goal. The state is 4 times the cell plus the heading: north 0, east 1,
  /// south 2, west 3. All four states of the goal are terminal, and entering them pays 1. The episode begins in any
  /// other state with equal probability.
  ///
  /// Actions: stay 0, forward 1, turn right 2, turn around 3, turn left 4. Forward moves ahead with 0.8, slips to
  /// either side with 0.05, with the heading of that move, and slips back with 0.05, with the heading unchanged or
  /// reversed; a move into a wall leaves the state unchanged. A quarter turn succeeds with 0.7 and ends in each other
  /// heading with 0.1. Turning around succeeds with 0.6, is a quarter turn either way with 0.15, and has no effect with
  /// 0.1.
  ///
  /// Observations 0 … 15 are the sum of the sensed walls: ahead 1, right 2, behind 4 and left 8, each sensed with 0.9
  /// if present and with 0.05 if absent. Observations 16 … 19 are the landmarks of the alcoves, each when its alcove is
  /// faced from the corridor; 20 is the goal.
  public static func hallway() throws(ProcessError) -> PartiallyObservedProcess {
    let (cells, actions, observations) = (15, 5, 21)
    let states = cells * 4
    var transition = Array(repeating: 0.0, count: states * actions * states)
    var reward = transition
    var emission = Array(repeating: 0.0, count: states * observations)
    var initial = Array(repeating: 1 / Double(states - 4), count: states)
    for s in 0..<states {
      let (cell, heading) = (s / 4, s % 4)
      let isGoal = cell == hallwayGoal
      if isGoal { initial[s] = 0 }
      for (o, p) in hallwayEmission(cell, heading).enumerated() { emission[s * observations + o] = p }
      for a in 0..<actions {
        let row = (s * actions + a) * states
        guard !isGoal, a != 0 else {
          transition[row + s] = 1
          continue
        }
        guard a == 1 else {
          let turn =
            [2: [0.1, 0.7, 0.1, 0.1], 3: [0.1, 0.15, 0.6, 0.15], 4: [0.1, 0.1, 0.1, 0.7]][a] ?? []
          for (quarters, p) in turn.enumerated() { transition[row + cell * 4 + (heading + quarters) % 4] = p }
          continue
        }
        var left = 1.0
        for (quarters, p) in [0.8, 0.05, 0.05, 0.05].enumerated() {
          guard let next = hallwayCell(cell, (heading + quarters) % 4) else { continue }
          left -= p
          // After a slip back, the heading is unchanged or reversed; after another move, it is the direction of the
          // move.
          for side in quarters == 2 ? [0, 2] : [quarters] {
            let to = next * 4 + (heading + side) % 4
            transition[row + to] += quarters == 2 ? p / 2 : p
            if next == hallwayGoal { reward[row + to] = 1 }
          }
        }
        transition[row + s] += left
      }
    }
    let process = try MarkovDecisionProcess(
      stateCount: states, actionCount: actions, transition: transition, reward: reward, initial: initial,
      terminal: (0..<states).map { $0 / 4 == hallwayGoal })
    return try PartiallyObservedProcess(
      process, observationCount: observations, emission: (0..<actions).flatMap { _ in emission },
      initialEmission: emission)
  }

  private static let hallwayGoal = 14
  /// The number of steps after which `native:hallway` truncates.
  public static let hallwayTimeLimit = 100

  /// Returns the next cell in a direction, or nil at a wall.
  private static func hallwayCell(_ cell: Int, _ direction: Int) -> Int? {
    if cell > 10 { return direction == 0 ? 2 * (cell - 10) : nil }
    switch direction {
    case 1: return cell < 10 ? cell + 1 : nil
    case 2: return [2, 4, 6, 8].contains(cell) ? 10 + cell / 2 : nil
    case 3: return cell > 0 ? cell - 1 : nil
    default: return nil
    }
  }

  private static func hallwayEmission(_ cell: Int, _ heading: Int) -> [Double] {
    var p = Array(repeating: 0.0, count: 21)
    if cell == hallwayGoal {
      p[20] = 1
    } else if cell <= 10, heading == 2, let alcove = hallwayCell(cell, 2) {
      p[16 + alcove - 11] = 1
    } else {
      for seen in 0..<16 {
        p[seen] = (0..<4).reduce(1) { product, side in
          let isWall = hallwayCell(cell, (heading + side) % 4) == nil
          let wall = isWall ? 0.9 : 0.05
          return product * (seen >> side & 1 == 1 ? wall : 1 - wall)
        }
      }
    }
    return p
  }
}

extension NativeEnvironment {
  /// The environment `native:hallway`.
  public static let hallway = NativeEnvironment(
    "hallway",
    help: "a corridor with four alcoves, one of which is the goal, observed through sensed walls, 100 steps",
    timeLimit: PartiallyObservedProcess.hallwayTimeLimit,
    model: .partiallyObserved { () throws(ProcessError) in try .hallway() })
}
