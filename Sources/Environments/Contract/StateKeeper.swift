public import AscentRandomness

/// The role of an environment or a vector that may keep state across episodes, such as the level of a curriculum or a
/// generator of its own.
///
/// An episode is replayed from its streams and actions, which do not depend on earlier episodes. State that outlives an
/// episode is therefore saved as bytes before each episode, and restored before a replay. It can be saved after any
/// step: a step budget may end in the middle of an episode, and a vector saves the state of all its environments at
/// once.
public protocol StateKeeper: AnyObject {
  /// True if there is such state.
  var keepsState: Bool { get }

  /// Saves the state.
  ///
  /// - Parameter key: the stream of the next episode.
  /// - Returns: the state as bytes; empty if there is none.
  /// - Throws: ``EnvironmentError`` when the environment fails to save it.
  func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8]

  /// Restores a state that ``state(before:)`` returned.
  ///
  /// - Parameters:
  ///   - state: the bytes.
  ///   - key: the stream of the next episode.
  /// - Throws: ``EnvironmentError`` when the environment fails to restore it.
  func restore(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError)
}
