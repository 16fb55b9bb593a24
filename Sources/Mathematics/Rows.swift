/// The start and stride of a matrix's rows, or of some of its columns, in a flat array.
@frozen
public struct Rows: Sendable, Equatable {
  /// The index of row 0.
  public var start: Int
  /// The distance from one row to the next.
  public var stride: Int

  /// Makes rows from the index of row 0 and the stride.
  @inlinable
  public init(start: Int = 0, stride: Int) { (self.start, self.stride) = (start, stride) }

  /// The index at which a row begins.
  @inlinable
  public subscript(row: Int) -> Int { start + row * stride }

  /// The indices of a range of whole rows.
  @inlinable
  public subscript(rows: Range<Int>) -> Range<Int> { self[rows.lowerBound]..<self[rows.upperBound] }

  /// The indices of one whole row.
  @inlinable
  public func indices(of row: Int) -> Range<Int> { self[row]..<self[row + 1] }
}
