/// Columns of a matrix.
enum Columns {
  /// Copies the first `count` numbers at `start` of every row into the rows of another matrix; a stride of 0 takes the
  /// same ones for each.
  static func copy(
    _ count: Int, rows: Int, _ source: Span<Float>, from start: Int, stride: Int,
    into target: inout MutableSpan<Float>, at first: Int, targetStride: Int
  ) {
    var (s, t) = (start, first)
    for _ in 0..<rows {
      for k in 0..<count { target[t + k] = source[s + k] }
      s += stride
      t += targetStride
    }
  }
}
