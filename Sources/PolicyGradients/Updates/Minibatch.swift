internal import AscentMathematics
internal import AscentPolicies

/// Some steps of a batch, in slices that are evaluated one after the other; the observations remain in the rollout.
struct Minibatch: Sendable {
  /// The numbers of each step.
  var steps = StepNumbers()
  /// The location of each observation: for each slice those of its lead rows, then of its steps.
  private(set) var places: [ObservationRows.Place] = []
  /// The slices.
  private(set) var slices: [Passage] = []

  /// The number of steps.
  var count: Int { steps.count }

  /// Takes some units of a batch, in the given order, and divides them into slices of at most `sliceSize` steps.
  ///
  /// Slices of a recurrent policy consist of whole sequences; a single sequence may exceed the limit.
  mutating func gather(_ units: ArraySlice<Int>, of batch: Batch, sliceSize: Int) {
    locate(units, of: batch, sliceSize: sliceSize)
    guard let sequences = batch.sequences else { return steps.take(units, of: batch.steps) }
    steps.take(units.flatMap { Array(sequences.rows(of: $0)) }[...], of: batch.steps)
  }

  /// Finds the slices and places alone.
  mutating func locate(_ units: ArraySlice<Int>, of batch: Batch, sliceSize: Int) {
    places.removeAll(keepingCapacity: true)
    guard let sequences = batch.sequences else {
      slices.removeAll(keepingCapacity: true)
      for slice in StrideChunks(range: 0..<units.count, size: sliceSize) {
        slices.append(Passage(rows: slice))
      }
      for step in units { places.append(batch.place(of: step)) }
      return
    }
    cut(units, of: sequences, sliceSize)
    addPlaces(of: units, of: batch, sequences)
  }

  /// Takes the whole batch, in its own order.
  mutating func gatherAll(of batch: Batch, sliceSize: Int) {
    gather(Array(0..<batch.unitCount)[...], of: batch, sliceSize: sliceSize)
  }

  /// Divides sequences into slices.
  private mutating func cut(_ units: ArraySlice<Int>, of sequences: Sequences, _ sliceSize: Int) {
    slices.removeAll(keepingCapacity: true)
    var next = 0
    for unit in units {
      let count = sequences.rows(of: unit).count
      slices.take(next..<next + count, atMost: sliceSize, stateSize: sequences.stateSize)
      slices[slices.count - 1].sequences?.append(unit, of: sequences)
      next += count
    }
    next = 0
    for k in slices.indices {
      let count = slices[k].sequences?.inputCount ?? 0
      slices[k].inputs = next..<next + count
      next += count
    }
  }

  /// Locates the observations of sequences, slice by slice; the lead rows of a slice come before its steps.
  private mutating func addPlaces(of units: ArraySlice<Int>, of batch: Batch, _ sequences: Sequences) {
    var first = units.startIndex
    for slice in slices {
      let own = units[first..<first + (slice.sequences?.count ?? 0)]
      first = own.endIndex
      for unit in own {
        // The lead steps of a sequence are in the same episode, so their slots directly precede its own.
        let place = batch.place(of: sequences.rows(of: unit).lowerBound)
        for lead in stride(from: sequences.leads(of: unit).count, to: 0, by: -1) {
          places.append(ObservationRows.Place(lane: place.lane, slot: place.slot - lead))
        }
      }
      for unit in own { for step in sequences.rows(of: unit) { places.append(batch.place(of: step)) } }
    }
  }
}
