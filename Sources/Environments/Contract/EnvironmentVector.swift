public import Randomness

/// Environments that are stepped with one call, neighbors among the lanes: one unit, with one stream.
///
/// Each is an ``Environment`` of its own. For a step all say what they do (``Environment/prepare(_:)``), the vector
/// advances, and each tells what it came to (``Environment/step(_:into:)``). Who prepared nothing is stepped all the same,
/// with an action of zeros. An environment whose episode ended may have to sit one step out before its next episode
/// begins (``Environment/isWaiting``).
public protocol EnvironmentVector: StateKeeper {
  /// How many environments.
  var count: Int { get }
  /// Whether one whose episode ended sits the next step out.
  var waitsAfterEnds: Bool { get }

  /// Begins all of them anew.
  ///
  /// - Parameters:
  ///   - key: the stream of the initial states.
  ///   - transitions: the stream of everything after.
  /// - Throws: ``EnvironmentError`` when one breaks its contract.
  func restart(_ key: StreamKey, following transitions: StreamKey) throws(EnvironmentError)

  /// Makes the step that was prepared.
  ///
  /// - Throws: ``EnvironmentError`` when one breaks its contract.
  func advance() throws(EnvironmentError)
}
