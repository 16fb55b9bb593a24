public import Randomness

/// The role of an environment, or of a vector, that may keep state across episodes: the level of a curriculum, a generator
/// of its own.
///
/// An episode is made again from its streams and its actions, which do not know of earlier episodes. State that outlives
/// an episode is therefore saved as bytes before each episode, and restored before one is made again. It may be asked for
/// after any step: a step budget may end in the middle of an episode, and a vector is asked for all of its environments at once.
public protocol StateKeeper: AnyObject {
  /// Whether there is such state.
  var keepsState: Bool { get }

  /// Saves the state.
  ///
  /// - Parameter key: the stream of the episode that comes next.
  /// - Returns: the state as bytes; empty if there is none.
  /// - Throws: ``EnvironmentError`` when the environment refuses.
  func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8]

  /// Restores a state that ``state(before:)`` returned.
  ///
  /// - Parameters:
  ///   - state: the bytes.
  ///   - key: the stream of the episode that comes next.
  /// - Throws: ``EnvironmentError`` when the environment refuses.
  func restore(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError)
}
