internal import AscentMathematics

/// The running mean and variance of each column.
///
/// Parts are combined with the formulas of Chan, Golub and LeVeque (1983), which are accurate even if the mean is far
/// from 0. The parts of a rollout are its lanes, combined in the order of the ``LaneTree``.
public struct RunningMoments: Sendable, Equatable {
  /// The number of rows.
  public private(set) var count = 0.0
  /// The mean of each column.
  public private(set) var mean: [Double]
  /// Σ (x − mean)² of each column.
  public private(set) var squares: [Double]

  /// Makes the moments of zero rows.
  public init(columns: Int) {
    Require.number(columns, of: "number of columns", from: 0)
    mean = Array(repeating: 0, count: columns)
    squares = mean
  }

  /// The variance of a column, with the number of rows as divisor; 1 if there are no rows.
  public func variance(_ column: Int) -> Double {
    Require.index(column, of: "column", in: mean.indices)
    return count > 0 ? squares[column] / count : 1
  }

  /// Adds one row (Welford 1962).
  mutating func add(_ row: Span<Float>) {
    count += 1
    for k in mean.indices {
      let x = Double(row[k])
      let d = x - mean[k]
      mean[k] += d / count
      squares[k] += d * (x - mean[k])
    }
  }

  /// Adds a row of one column.
  mutating func add(_ number: Float) {
    count += 1
    let x = Double(number)
    let d = x - mean[0]
    mean[0] += d / count
    squares[0] += d * (x - mean[0])
  }

  /// Adds the rows of another part.
  mutating func add(_ other: RunningMoments) {
    guard other.count > 0 else { return }
    let all = count + other.count
    for k in mean.indices {
      let d = other.mean[k] - mean[k]
      mean[k] += d * other.count / all
      squares[k] += other.squares[k] + d * d * count * other.count / all
    }
    count = all
  }

  /// Adds the rows of all lanes.
  mutating func add(lanes: [RunningMoments]) {
    var parts = lanes
    LaneTree.reduce(parts.count) { parts[$0].add(parts[$1]) }
    if let sum = parts.first { add(sum) }
  }

  /// All statistics, for a checkpoint.
  var record: [Double] {
    get { [count] + mean + squares }
    set {
      guard newValue.count == 1 + 2 * mean.count else { return }
      count = newValue[0]
      let columns = mean.count
      mean = Array(newValue[1..<1 + columns])
      squares = Array(newValue[(1 + columns)...])
    }
  }
}
