/// A sequence of consecutive ranges of at most `size` elements that make up a range.
struct StrideChunks: Sequence, IteratorProtocol {
  var range: Range<Int>
  let size: Int

  mutating func next() -> Range<Int>? {
    guard !range.isEmpty else { return nil }
    let piece = range.lowerBound..<Swift.min(range.lowerBound + size, range.upperBound)
    range = piece.upperBound..<range.upperBound
    return piece
  }
}
