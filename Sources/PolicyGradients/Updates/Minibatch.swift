internal import AscentMathematics
internal import AscentPolicies

/// Some steps of a batch with their observations, in slices that are evaluated one after the other.
struct Minibatch: Sendable {
  /// The numbers of each step.
  var steps = StepNumbers()
  /// The observations, [row × feature]: for each slice its lead rows, then its steps.
  private(set) var observations: [Float] = []
  /// The slices.
  private(set) var slices: [Passage] = []
  private var rows = Rows(stride: 0)

  /// The number of steps.
  var count: Int { steps.count }

  /// Copies some units of a batch, in the given order, and divides them into slices of at most `sliceSize` steps.
  ///
  /// Slices of a recurrent policy consist of whole sequences; a single sequence may exceed the limit.
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

  /// Copies the observations of sequences, slice by slice; the lead rows of a slice come before its steps.
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
          // The lead steps of a sequence are in the same episode, so their slots directly precede its own.
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

  /// Copies one observation of a lane, which begins at offset `start` of its buffer.
  private static func copy(
    _ lane: Rollout.Lane, _ start: Int, _ size: Int, into target: inout MutableSpan<Float>, at next: inout Int
  ) {
    lane.observations.copy(start..<start + size, into: &target, at: next)
    next += size
  }

  /// Calls `body` with the observations of a slice.
  func withObservations<Result>(of slice: Passage, _ body: (Span<Float>) -> Result) -> Result {
    body(observations.span.extracting(rows[slice.inputs]))
  }
}
