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
      let (lanes, starts, size) = (batch.lanes, batch.starts, rows.stride)
      observations.withMutableSpan { target in
        var next = 0
        for step in units {
          Self.copy(rollout.lanes[lanes[step]], starts[step], size, into: &target, at: &next)
        }
      }
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
    let (slices, size) = (slices, rows.stride)
    observations.withMutableSpan { target in
      var (first, next) = (units.startIndex, 0)
      for slice in slices {
        let own = units[first..<first + (slice.sequences?.count ?? 0)]
        first = own.endIndex
        for unit in own {
          // The steps before a sequence, in the same episode, lie in the slots before its own.
          let (step, leads) = (sequences.rows(of: unit).lowerBound, sequences.leads(of: unit).count)
          let (lane, start) = (rollout.lanes[batch.lanes[step]], batch.starts[step])
          for lead in stride(from: leads, to: 0, by: -1) {
            Self.copy(lane, start - lead * size, size, into: &target, at: &next)
          }
        }
        for unit in own {
          for step in sequences.rows(of: unit) {
            Self.copy(rollout.lanes[batch.lanes[step]], batch.starts[step], size, into: &target, at: &next)
          }
        }
      }
    }
  }

  /// Copies one observation of a lane, which begins at `start` in its buffer.
  private static func copy(
    _ lane: Rollout.Lane, _ start: Int, _ size: Int, into target: inout MutableSpan<Float>, at next: inout Int
  ) {
    let source = lane.observations.span.extracting(start..<start + size)
    for k in source.indices { target[next + k] = source[k] }
    next += size
  }

  /// The observations of a slice.
  func withObservations<Result>(of slice: Passage, _ body: (Span<Float>) -> Result) -> Result {
    body(observations.span.extracting(rows[slice.inputs]))
  }
}
