internal import Randomness

// Lanes that vectors step.
extension Lanes {
  /// Whether vectors step the lanes.
  public var areVectors: Bool { unit > 1 }

  /// Starts the vectors anew, each on the streams of the episode that its first lane begins next.
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

  /// Says which action the lane's next step makes, if a vector steps it.
  public func prepare(_ lane: Int, _ action: Span<Float>) { player(lane).member?.prepare(action) }

  /// Makes one step of the vectors that these lanes belong to; ``step(_:_:into:)`` then gives each lane's outcome.
  ///
  /// - Parameter lanes: in ascending order.
  /// - Throws: ``EnvironmentError`` when a vector breaks its contract.
  public func advanceVectors(of lanes: some Sequence<Int>) throws(EnvironmentError) {
    var last: Int?
    for lane in lanes {
      let vector = (lane - hosted.lowerBound) / unit
      if vector != last { try vectors[vector].advance() }
      last = vector
    }
  }

  /// Whether the lane's next episode begins only after another step of its vector.
  public func isWaiting(_ lane: Int) -> Bool { player(lane).member?.isWaiting ?? false }
}
