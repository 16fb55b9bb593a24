extension Array {
  /// Calls `body` with a span over the elements.
  ///
  /// Stored arrays must be written through this method, never through `mutableSpan` itself. The optimizer of Swift 6.2
  /// and 6.3 has a bug (swiftlang/swift pull request 81043): when the span of a stored array ends, it treats all arrays
  /// of the same structure as uniquely referenced, not only that one. The next subscript assignment to another of them
  /// then also writes into its copies. In this method the array is a structure of its own.
  @inlinable
  public mutating func withMutableSpan<Result, Failure: Error>(
    _ body: (inout MutableSpan<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var span = mutableSpan
    return try body(&span)
  }
}
