internal import AscentMathematics

// State that environments keep across episodes: saved before each episode, restored before a replay.
extension Lanes {
  /// The keeper of the lane's state: its environment, or its vector for the first lane of a vector; nil for the others.
  private func keeper(_ lane: Int) -> (any StateKeeper)? {
    guard areVectors else { return player(lane).keeper }
    Require.index(lane, of: "lane", in: hosted)
    let index = lane - hosted.lowerBound
    return index % unit == 0 ? vectors[index / unit] : nil
  }

  /// Returns the state that the lane's environment keeps now, between two episodes; empty if it keeps none.
  public func state(_ lane: Int) throws(EnvironmentError) -> [UInt8] {
    guard keepsState, let keeper = keeper(lane) else { return [] }
    return try keeper.state(before: nextKey(lane))
  }

  /// Restores a state that ``state(_:)`` returned.
  ///
  /// An empty state changes nothing.
  public func restore(_ state: [UInt8], _ lane: Int) throws(EnvironmentError) {
    guard !state.isEmpty, let keeper = keeper(lane) else { return }
    do throws(EnvironmentError) {
      try keeper.restore(state, before: nextKey(lane))
    } catch {
      throw EnvironmentError(
        lane: lane, episode: error.episode, step: error.step, seed: error.seed,
        fault: .stateNotTaken("\(error)"))
    }
  }

  /// Restarts the lane's current episode, after restoring the state saved before it.
  public func repeatReset(
    _ lane: Int, from state: [UInt8] = [], into observation: inout [Float]
  ) throws(EnvironmentError) {
    Require.index(lane, of: "lane", in: hosted)
    Require.number(episodesBegun[lane], of: "number of episodes that the lane has begun", from: 1)
    episodesBegun[lane] -= 1
    try restore(state, lane)
    try reset(lane, into: &observation)
  }
}
