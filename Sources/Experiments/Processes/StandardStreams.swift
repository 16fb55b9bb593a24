internal import CAscentWorkers

/// The standard descriptors of the process, and the one to which results go.
///
/// Results go to standard output. What an environment, its libraries and its processes write to descriptor 1 goes to
/// standard error instead: `keepResultsApart()` gives results a descriptor that only this code knows.
public enum StandardStreams {
  /// The descriptor of results.
  public static var results: Int32 { cworkers_results() }

  /// Opens each standard descriptor that the parent closed, so that no file of the run gets its number.
  ///
  /// Call it first in the process. Writes to a closed standard output then fail, and those to a closed standard error
  /// vanish: an environment may print.
  public static func open() { cworkers_open_streams() }

  /// Moves results to a descriptor that no other code has; from then on descriptor 1 is standard error.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` when the system has no descriptor left.
  package static func keepResultsApart() throws(ExperimentError) {
    guard cworkers_keep_results() else {
      throw .machine("results cannot be kept apart from an environment's output: no descriptor is left")
    }
  }

  /// True if nobody reads standard error any more: the reader of its pipe has ended, as `head` does after `2>&1`.
  public static var isUnread: Bool { cworkers_is_unread() }

  /// Waits until a descriptor that does not block takes more bytes.
  public static func awaitRoom(_ descriptor: Int32) { cworkers_await_room(descriptor) }
}
