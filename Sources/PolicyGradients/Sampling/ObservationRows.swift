internal import AscentMathematics
internal import AscentPolicies

/// Copies of some observations of a rollout, for a forward pass and its derivative: bytes where the policy reads pictures
/// and the rollout stores bytes, else floats.
struct ObservationRows: Sendable {
  private var floats: [Float] = []
  private var bytes: [UInt8] = []
  private var areBytes = false
  /// The number of numbers in use.
  private var count = 0

  /// The location of an observation in a rollout.
  struct Place: Sendable {
    var lane, slot: Int
  }

  /// Copies the observations at some places.
  mutating func load(_ places: ArraySlice<Place>, of rollout: Rollout, for policy: Policy) {
    count = places.count * rollout.observationSize
    areBytes = Self.copy(places.count, of: rollout, for: policy, into: &floats, &bytes) {
      places[places.startIndex + $0]
    }
  }

  /// Copies `count` observations to the beginning of one of two arrays, which grow if they must.
  ///
  /// - Returns: true if they are bytes.
  static func copy(
    _ count: Int, of rollout: Rollout, for policy: Policy, into floats: inout [Float], _ bytes: inout [UInt8],
    _ place: (Int) -> Place
  ) -> Bool {
    let (size, lanes) = (rollout.observationSize, rollout.lanes.span)
    guard
      policy.readsPixels,
      (0..<count).allSatisfy({ lanes[place($0).lane].observations.storesBytes })
    else {
      if floats.count < count * size { floats.resize(to: count * size) }
      floats.withMutableSpan { target in
        for k in 0..<count {
          let place = place(k)
          lanes[place.lane].observations.copy(place.slot, into: &target, at: k * size)
        }
      }
      return false
    }
    if bytes.count < count * size { bytes.resize(to: count * size) }
    bytes.withMutableSpan { target in
      for k in 0..<count {
        let place = place(k)
        lanes[place.lane].observations.copyBytes(place.slot, into: &target, at: k * size)
      }
    }
    return true
  }

  /// Evaluates a policy on them.
  func forward(
    _ policy: Policy, _ θ: Parameters, _ slice: Passage, _ parts: Policy.Parts, in workspace: inout Workspace
  ) {
    if areBytes {
      policy.forward(
        θ, onBytes: bytes.span.extracting(0..<count), rows: slice.rows.count, parts, along: slice.sequences,
        in: &workspace)
    } else {
      policy.forward(
        θ, on: floats.span.extracting(0..<count), rows: slice.rows.count, parts, along: slice.sequences,
        in: &workspace)
    }
  }

  /// Calls `body` with the observations that a derivative is told of after ``forward(_:_:_:_:in:)``: none if they are
  /// bytes.
  func withKnown(_ body: (Span<Float>) -> Void) {
    body(floats.span.extracting(0..<(areBytes ? 0 : count)))
  }
}
