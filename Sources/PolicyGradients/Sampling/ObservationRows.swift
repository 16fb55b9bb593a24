internal import AscentMathematics
internal import AscentPolicies

/// Copies of some observations of a rollout, for a forward pass and its derivative: bytes where the policy reads pictures
/// and the rollout stores bytes, else floats.
struct ObservationRows: Sendable {
  private var floats: [Float] = []
  private var bytes: [UInt8] = []
  private var areBytes = false
  /// The number of floats in use.
  private var count = 0

  /// The location of an observation in a rollout.
  struct Place: Sendable {
    var lane: Int
    /// The offset of its first number in the lane's buffer.
    var start: Int
  }

  /// Copies the observations at some places.
  mutating func load(_ places: ArraySlice<Place>, of rollout: Rollout, for policy: Policy) {
    let size = rollout.observationSize
    areBytes = policy.readsPixels && places.allSatisfy { rollout.lanes[$0.lane].observations.storesBytes }
    count = areBytes ? 0 : places.count * size
    var next = 0
    if areBytes {
      bytes.resize(to: places.count * size)
      bytes.withMutableSpan { target in
        for place in places {
          rollout.lanes[place.lane].observations.copyBytes(
            place.start..<place.start + size, into: &target, at: next)
          next += size
        }
      }
    } else {
      floats.resize(to: count)
      floats.withMutableSpan { target in
        for place in places {
          rollout.lanes[place.lane].observations.copy(
            place.start..<place.start + size, into: &target, at: next)
          next += size
        }
      }
    }
  }

  /// Evaluates a policy on them.
  func forward(
    _ policy: Policy, _ θ: Parameters, _ slice: Passage, _ parts: Policy.Parts, in workspace: inout Workspace
  ) {
    if areBytes {
      policy.forward(
        θ, onBytes: bytes.span, rows: slice.rows.count, parts, along: slice.sequences, in: &workspace)
    } else {
      policy.forward(
        θ, on: floats.span, rows: slice.rows.count, parts, along: slice.sequences, in: &workspace)
    }
  }

  /// Calls `body` with the observations that a derivative is told of after ``forward(_:_:_:_:in:)``: none if they are
  /// bytes.
  func withKnown(_ body: (Span<Float>) -> Void) { body(floats.span.extracting(0..<count)) }
}
