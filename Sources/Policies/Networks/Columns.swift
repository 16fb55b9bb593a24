internal import AscentMathematics

/// The first columns of a number of rows.
struct Columns {
  let count: Int
  let rows: Int

  init(_ count: Int, rows: Int) { (self.count, self.rows) = (count, rows) }

  /// Copies these columns of one matrix into another; a stride of 0 copies the same numbers into each row.
  func copy(_ source: Span<Float>, _ from: Rows, into target: inout MutableSpan<Float>, _ to: Rows) {
    var (s, t) = (from.start, to.start)
    for _ in 0..<rows {
      for k in 0..<count { target[t + k] = source[s + k] }
      s += from.stride
      t += to.stride
    }
  }
}
