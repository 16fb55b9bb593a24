import AscentPolicies

extension Misuses {
  mutating func addMemories() {
    type = "Policies"
    for lane in [-1, 2, Int.max] {
      let ending = Misuse.Ending.stops("lane must be from 0 to 1, not \(lane)")
      add("Memory.forget(_:)", "lane \(lane)", ending) {
        var memory = Memory(try Self.scene("lstm").policy, laneCount: 2)
        memory.forget(lane)
      }
      add("Memory.actor(lane:)", "lane \(lane)", ending) {
        print(Memory(try Self.scene("lstm").policy, laneCount: 2).actor(lane: lane))
      }
      add("Memory.subscript(_:)", "lane \(lane)", ending) {
        print(Memory(try Self.scene("lstm").policy, laneCount: 2)[lane])
      }
      add("Memory.subscript(_:)", "a state for lane \(lane)", ending) {
        var memory = Memory(try Self.scene("lstm").policy, laneCount: 2)
        memory[lane] = .of(6)
      }
    }
    for count in [0, 5, 7] {
      add("Memory.subscript(_:)", "a state of \(count) numbers", .stops("state of a lane must have 6")) {
        var memory = Memory(try Self.scene("lstm").policy, laneCount: 2)
        memory[1] = .of(count)
      }
      add("Sequences.append(rows:leads:from:)", "a state of \(count) numbers", .stops("state must have 6")) {
        var sequences = Sequences(stateSize: 6)
        let state: [Float] = .of(count)
        sequences.append(rows: 1, from: state.span)
      }
    }
    add("Memory.init(_:laneCount:)", "−1 lanes", .stops("number of lanes must")) {
      _ = Memory(try Self.scene("lstm").policy, laneCount: -1)
    }
    add("Acting.init(_:laneCount:explorationSteps:remembering:)", "−1 lanes", .stops("number of lanes must"))
    {
      _ = Acting(try Self.scene("lstm").policy, laneCount: -1, explorationSteps: -1)
    }
    add("GradientWeights.init(rows:)", "−1 rows", .stops("number of rows must")) {
      _ = GradientWeights(rows: -1)
    }
    add("Sequences.init(stateSize:)", "a size of −1", .stops("size of a state")) {
      _ = Sequences(stateSize: -1)
    }
    for (rows, leads, words) in [
      (0, 0, "number of rows of"), (-1, 0, "number of rows of"), (1, -1, "number of lead rows"),
    ] {
      add("Sequences.append(rows:leads:)", "\(rows) rows, \(leads) leads", .stops(words)) {
        var sequences = Sequences(stateSize: 6)
        sequences.append(rows: rows, leads: leads)
      }
    }
    for index in [-1, 1] {
      let ending = Misuse.Ending.stops("sequence must be from 0 to 0, not \(index)")
      add(["Sequences.rows(of:)"], "sequence \(index) of one", ending) {
        var sequences = Sequences(stateSize: 6)
        sequences.append(rows: 1)
        print(sequences.rows(of: index))
      }
      add(["Sequences.leads(of:)"], "sequence \(index) of one", ending) {
        var sequences = Sequences(stateSize: 6)
        sequences.append(rows: 1)
        print(sequences.leads(of: index))
      }
      add(["Sequences.append(_:of:)"], "sequence \(index) of one", ending) {
        var (sequences, other) = (Sequences(stateSize: 6), Sequences(stateSize: 6))
        other.append(rows: 1)
        sequences.append(index, of: other)
      }
    }
    add(
      "Sequences.append(_:of:)", "states of another size", .stops("states of the other sequences must have 6")
    ) {
      var (sequences, other) = (Sequences(stateSize: 6), Sequences(stateSize: 5))
      other.append(rows: 1)
      sequences.append(0, of: other)
    }
  }
}
