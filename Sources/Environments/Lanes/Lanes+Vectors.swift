internal import AscentMathematics
internal import AscentRandomness

// Lanes that vectors step.
extension Lanes {
  /// True if vectors step the lanes.
  public var areVectors: Bool { unit > 1 }

  /// Restarts the vectors, each on the streams of the next episode of its first lane.
  public func restartVectors() throws(EnvironmentError) {
    for (k, vector) in vectors.enumerated() {
      let first = hosted.lowerBound + k * unit
      states[first] = try state(first)
      var transitions = nextKey(first)
      transitions.purpose = transitionKey(first).purpose
      transitions.seed = seeds.transitions
      try vector.restart(nextKey(first), following: transitions)
    }
  }

  /// Sets the action of the lane's next step; does nothing in a lane without a vector.
  public func prepare(_ lane: Int, _ action: Span<Float>) { player(lane).member?.prepare(action) }

  /// Steps the vectors of these lanes once; `step(_:_:into:)` then returns each lane's outcome.
  ///
  /// - Parameter lanes: lanes in ascending order.
  /// - Throws: ``EnvironmentError`` when a vector breaks its contract.
  public func advanceVectors(of lanes: some Sequence<Int>) throws(EnvironmentError) {
    var last: Int?
    for lane in lanes {
      Require.index(lane, of: "lane", in: hosted)
      Require.that(!vectors.isEmpty, "only lanes of vectors are advanced: step these lanes one by one")
      let vector = (lane - hosted.lowerBound) / unit
      if vector != last { try vectors[vector].advance() }
      last = vector
    }
  }

  /// True if the lane's next episode begins only after another step of its vector.
  public func isWaiting(_ lane: Int) -> Bool { player(lane).member?.isWaiting ?? false }
}
