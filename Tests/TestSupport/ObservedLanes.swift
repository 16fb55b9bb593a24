public import AscentEnvironments

/// Lanes with a buffer for the observation of each lane.
public final class ObservedLanes {
  /// The lanes.
  public let lanes: Lanes
  /// The last observation of each lane.
  public private(set) var observations: [[Float]]

  /// Adds observation buffers to lanes.
  public init(_ lanes: Lanes) {
    self.lanes = lanes
    observations = Array(repeating: Array(repeating: 0, count: lanes.observationSize), count: lanes.count)
  }

  /// Begins the lane's next episode.
  public func reset(_ lane: Int) throws(EnvironmentError) {
    try lanes.reset(lane, into: &observations[lane])
  }

  /// Makes one step in the lane.
  public func step(_ lane: Int, _ action: [Float]) throws(EnvironmentError) -> Step {
    try lanes.step(lane, action.span, into: &observations[lane])
  }

  /// The lane's action mask: one float for each choice.
  public func mask(_ lane: Int) -> [Float] { Array(observations[lane].suffix(lanes.maskSize)) }
}
