extension Array {
  /// Runs `body` with a span over the elements.
  ///
  /// Stored arrays are written through this method, never through `mutableSpan` itself. The optimizer of Swift 6.2 and 6.3 (swiftlang/swift
  /// pull request 81043) takes not only that array but all arrays of the same structure for unshared when the span of a stored array
  /// ends: the next subscript assignment to another one writes into its copies, too. Here the array is a structure of its own.
  @inlinable
  package mutating func withMutableSpan<Result, Failure: Error>(
    _ body: (inout MutableSpan<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var span = mutableSpan
    return try body(&span)
  }
}
