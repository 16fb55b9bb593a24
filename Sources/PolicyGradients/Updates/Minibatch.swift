internal import Mathematics
internal import Policies

/// Some steps of a batch with their observations, in slices that go through the networks one after the other.
struct Minibatch: Sendable {
  /// The numbers of each step.
  var steps = StepNumbers()
  /// [row × feature]: for each slice the rows that lead to its sequences, then its steps.
  private(set) var observations: [Float] = []
  /// The slices.
  private(set) var slices: [Passage] = []
  private var rows = Rows(stride: 0)

  /// How many steps.
  var count: Int { steps.count }

  /// Copies some units of a batch, in this order, and cuts them into slices of at most `sliceSize` steps, or of whole sequences, one of
  /// which may be longer.
  mutating func gather(_ units: ArraySlice<Int>, of batch: Batch, in rollout: Rollout, sliceSize: Int) {
    rows = Rows(stride: rollout.observationSize)
    guard let sequences = batch.sequences else {
      steps.take(units, of: batch.steps)
      slices.removeAll(keepingCapacity: true)
      for slice in StrideChunks(range: 0..<units.count, size: sliceSize) {
        slices.append(Passage(rows: slice))
      }
      observations.resize(to: rows[units.count])
      var next = 0
      for step in units { copy(batch.lanes[step], batch.starts[step], rollout, at: &next) }
      return
    }
    steps.take(units.flatMap { Array(sequences.rows(of: $0)) }[...], of: batch.steps)
    cut(units, of: sequences, sliceSize)
    observations.resize(to: rows[slices.last?.inputs.upperBound ?? 0])
    copySequences(units, of: batch, sequences, rollout)
  }

  /// Copies the whole batch, in its own order.
  mutating func gatherAll(of batch: Batch, in rollout: Rollout, sliceSize: Int) {
    gather(Array(0..<batch.unitCount)[...], of: batch, in: rollout, sliceSize: sliceSize)
  }

  /// Cuts sequences into slices.
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

  /// Copies the observations of sequences, slice by slice, the leads of a slice before its steps.
  private mutating func copySequences(
    _ units: ArraySlice<Int>, of batch: Batch, _ sequences: Sequences, _ rollout: Rollout
  ) {
    var (first, next) = (units.startIndex, 0)
    for slice in slices {
      let own = units[first..<first + (slice.sequences?.count ?? 0)]
      first = own.endIndex
      for unit in own {
        // The steps before a sequence, in the same episode, lie in the slots before its own.
        let (step, leads) = (sequences.rows(of: unit).lowerBound, sequences.leads(of: unit).count)
        for lead in (1...max(1, leads)).reversed() where leads > 0 {
          copy(batch.lanes[step], batch.starts[step] - lead * rows.stride, rollout, at: &next)
        }
      }
      for unit in own {
        for step in sequences.rows(of: unit) {
          copy(batch.lanes[step], batch.starts[step], rollout, at: &next)
        }
      }
    }
  }

  /// Copies one observation of the rollout behind those that are there.
  private mutating func copy(_ lane: Int, _ start: Int, _ rollout: Rollout, at next: inout Int) {
    let (buffer, size) = (rollout.lanes[lane].observations, rows.stride)
    let source = buffer.span
    let first = next
    observations.withMutableSpan { target in for k in 0..<size { target[first + k] = source[start + k] } }
    next += size
  }

  /// The observations of a slice.
  func withObservations<Result>(of slice: Passage, _ body: (Span<Float>) -> Result) -> Result {
    body(observations.span.extracting(rows[slice.inputs]))
  }
}
