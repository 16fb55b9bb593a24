public import AscentRandomness

/// A vector of environments that one call steps together.
///
/// They belong to neighboring lanes and share one random stream.
///
/// Each of them is a ``VectorMember``. A step has three parts: ``VectorMember/prepare(_:)`` sets each member's action,
/// ``advance()`` steps all environments, and ``Environment/step(_:into:)`` returns each member's outcome. A member
/// without a prepared action is stepped with zeros.
public protocol EnvironmentVector: StateKeeper {
  /// The number of environments.
  var count: Int { get }
  /// True if an environment whose episode ended ignores the next step.
  var waitsAfterEnds: Bool { get }

  /// Starts an episode in all environments.
  ///
  /// - Parameters:
  ///   - key: the stream of the initial states.
  ///   - transitions: the stream of all later draws.
  /// - Throws: ``EnvironmentError`` when one breaks its contract.
  func restart(_ key: StreamKey, following transitions: StreamKey) throws(EnvironmentError)

  /// Steps all environments once, with the prepared actions.
  ///
  /// - Throws: ``EnvironmentError`` when one breaks its contract.
  func advance() throws(EnvironmentError)
}

/// The role of an environment that an ``EnvironmentVector`` steps.
public protocol VectorMember: AnyObject {
  /// Sets the action of this member in the vector's next step.
  func prepare(_ action: Span<Float>)

  /// True if the next episode begins only after another step of the vector.
  var isWaiting: Bool { get }
}
