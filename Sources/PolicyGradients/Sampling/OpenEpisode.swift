internal import AscentEnvironments

/// An unfinished episode at the end of a rollout, which the next rollout continues.
public struct OpenEpisode: Sendable, Equatable {
  /// True if an episode is open.
  public var isOpen = false
  /// The number of its steps so far.
  public var steps = 0
  /// The sum of its rewards so far.
  public var reward = 0.0
  /// The actions that the environment received, [step × value].
  public var actions: [Float] = []
  /// Its last observation.
  public var observation: [Float] = []
  /// The policy's recurrent state.
  public var memory: [Float] = []
  /// The state that the environment keeps across episodes; empty if it keeps none.
  ///
  /// It is that before the open episode, or the current one if no episode is open. A vector has one
  /// state for all its lanes, that before its last restart; its first lane stores it.
  public var state: [UInt8] = []
  /// The log of the lane's vector, if it belongs to one.
  public var vector = VectorLog()

  /// A sentence about arrays that do not fit the lanes and the policy's state; nil if all do.
  func fault(_ lanes: Lanes, _ stateSize: Int) -> StaticString? {
    guard steps >= 0, vector.steps >= 0, vector.origin >= 0 else {
      return "an open episode must not have a negative number of steps"
    }
    if lanes.areVectors, vector.steps > 0, vector.actions.count < vector.steps * lanes.actionSize {
      return "a vector's log must have an action for each step of each lane"
    }
    guard isOpen else { return nil }
    guard observation.count == lanes.observationSize, memory.count == stateSize else {
      return
        "an open episode must have an observation and a recurrent state of the sizes of the lanes and the policy"
    }
    guard lanes.areVectors || actions.count == steps * lanes.actionSize else {
      return "an open episode must have an action for each of its steps"
    }
    return nil
  }

  /// Makes a value without an open episode.
  public init(vector: VectorLog = VectorLog()) { self.vector = vector }
}
