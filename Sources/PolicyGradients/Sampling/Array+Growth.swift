extension Array where Element: BitwiseCopyable & Numeric {
  /// Sets the length by appending zeros or removing elements at the end.
  mutating func resize(to count: Int) {
    if count > self.count {
      append(contentsOf: repeatElement(0, count: count - self.count))
    } else {
      removeLast(self.count - count)
    }
  }

  /// Appends zeros until there are at least `count` elements: as many as 32 rows have, or an eighth of the length.
  mutating func grow(toHold count: Int, rowsOf size: Int) {
    guard self.count < count else { return }
    resize(to: Swift.max(count, self.count + Swift.max(32 * size, self.count / 8)))
  }
}
