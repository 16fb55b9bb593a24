/// Positions at which the curves of several runs are compared.
///
/// If all runs have their rows at the same positions, and not too many, those are the grid. Otherwise it has equal distances h
/// from the largest of the first positions to the smallest of the last ones, so that no run is extrapolated; a run's number at
/// x is the mean of its rows in [x − h/2, x + h/2), and without such rows it is interpolated between the next ones.
enum CommonGrid {
  /// The largest number of positions.
  static let most = 200

  /// Puts runs on a grid.
  ///
  /// - Parameter runs: the points of each run; none is empty.
  /// - Returns: positions, and for each run a number at each; nil if the runs have no position in common.
  static func values(of runs: [CurvePoints]) -> (x: [Double], runs: [[Double]])? {
    guard let first = runs.first else { return nil }
    if first.x.count <= most, runs.allSatisfy({ $0.x == first.x }) { return (first.x, runs.map(\.y)) }
    let start = runs.compactMap(\.x.first).max() ?? 0
    let end = runs.compactMap(\.x.last).min() ?? 0
    guard start <= end else { return nil }
    guard start < end else {
      return ([start], runs.map { [interpolated($0, at: start, next: position(of: start, in: $0))] })
    }
    let rows = runs.map { run in run.x.count { $0 >= start && $0 <= end } }.min() ?? 2
    let count = min(most, max(2, rows))
    let width = (end - start) / Double(count - 1)
    let x = (0..<count).map { $0 == count - 1 ? end : start + Double($0) * width }
    return (x, runs.map { means(of: $0, at: x, width: width, within: start...end) })
  }

  private static func means(
    of run: CurvePoints, at x: [Double], width: Double, within range: ClosedRange<Double>
  ) -> [Double] {
    var row = position(of: range.lowerBound, in: run)
    return x.map { x in
      let (from, to) = (max(x - width / 2, range.lowerBound), x + width / 2)
      while row < run.x.count, run.x[row] < from { row += 1 }
      var (sum, count) = (0.0, 0)
      while row < run.x.count, run.x[row] < to, run.x[row] <= range.upperBound {
        (sum, count, row) = (sum + run.y[row], count + 1, row + 1)
      }
      if count > 0 { return sum / Double(count) }
      return interpolated(run, at: x, next: position(of: x, in: run))
    }
  }

  /// The index of the first row at or behind a position.
  private static func position(of x: Double, in run: CurvePoints) -> Int {
    var (low, high) = (0, run.x.count)
    while low < high {
      let middle = (low + high) / 2
      if run.x[middle] < x { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func interpolated(_ run: CurvePoints, at x: Double, next: Int) -> Double {
    guard next < run.x.count else { return run.y[run.y.count - 1] }
    guard next > 0, run.x[next] > x else { return run.y[next] }
    let part = (x - run.x[next - 1]) / (run.x[next] - run.x[next - 1])
    return run.y[next - 1] + part * (run.y[next] - run.y[next - 1])
  }
}
