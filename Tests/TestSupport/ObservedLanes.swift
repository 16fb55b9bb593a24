public import Environments

/// Lanes with a buffer for the observation of each.
public final class ObservedLanes {
  /// The lanes.
  public let lanes: Lanes
  /// What each lane observed last.
  public private(set) var observations: [[Float]]

  /// Observes lanes.
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

  /// Which choices are allowed now: one float for each.
  public func mask(_ lane: Int) -> [Float] { Array(observations[lane].suffix(lanes.maskSize)) }
}
