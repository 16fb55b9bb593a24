public import Randomness

/// Environments that are stepped with one call.
///
/// They belong to neighboring lanes and share one random stream.
///
/// Each of them is a ``VectorMember``. A step has three parts: every member is told its action
/// (``VectorMember/prepare(_:)``), the vector makes the step (``advance()``), and every member gives its outcome
/// (``Environment/step(_:into:)``). A member that was told no action is stepped with zeros.
public protocol EnvironmentVector: StateKeeper {
  /// How many environments.
  var count: Int { get }
  /// Whether an environment whose episode ended ignores the next step.
  var waitsAfterEnds: Bool { get }

  /// Starts an episode in all environments.
  ///
  /// - Parameters:
  ///   - key: the stream of the initial states.
  ///   - transitions: the stream of everything after.
  /// - Throws: ``EnvironmentError`` when one breaks its contract.
  func restart(_ key: StreamKey, following transitions: StreamKey) throws(EnvironmentError)

  /// Makes one step of all environments, with the actions that they were told.
  ///
  /// - Throws: ``EnvironmentError`` when one breaks its contract.
  func advance() throws(EnvironmentError)
}

/// The role of an environment that an ``EnvironmentVector`` steps.
public protocol VectorMember: AnyObject {
  /// Says which action the vector's next step makes here.
  func prepare(_ action: Span<Float>)

  /// Whether the next episode begins only after another step of the vector.
  var isWaiting: Bool { get }
}
