public import Randomness

/// Who may keep something across episodes: a curriculum's level, a generator of its own, what it learned about its player.
///
/// An episode is brought back by its streams and its actions, which know nothing of the episodes before it. Who keeps
/// something across them gives it away as bytes before each episode, and takes it back before one is made again. A budget
/// that ends cuts episodes, and a vector is asked for all of its environments: so it is asked after any step.
public protocol StateKeeper: AnyObject {
  /// Whether it does.
  var keepsState: Bool { get }

  /// What it keeps.
  ///
  /// - Parameter key: the stream of the episode that comes next.
  /// - Returns: bytes; none where nothing is kept.
  /// - Throws: ``EnvironmentError`` when they are refused.
  func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8]

  /// Keeps what it kept when `state` was given.
  ///
  /// - Parameters:
  ///   - state: what ``state(before:)`` gave.
  ///   - key: the stream of the episode that comes next.
  /// - Throws: ``EnvironmentError`` when they are refused.
  func take(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError)
}

extension StateKeeper {
  /// Most keep nothing.
  public var keepsState: Bool { false }

  /// Nothing.
  public func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8] { [] }

  /// Nothing is taken.
  public func take(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {}
}
