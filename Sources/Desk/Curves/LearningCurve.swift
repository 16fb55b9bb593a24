package import AscentExperiments
internal import AscentRandomness
internal import AscentRegistries

/// The center of several runs.
package enum CurveCenter: String, NamedChoice {
  /// The mean.
  case mean
  /// The interquartile mean.
  case interquartile = "iqm"

  /// A description in one line.
  package var help: String {
    switch self {
    case .mean: "the mean of the runs"
    case .interquartile: "the interquartile mean: the mean without the lowest and the highest quarter"
    }
  }

  /// The words for it.
  package var title: String { self == .mean ? "mean" : "interquartile mean" }

  /// The center of numbers.
  func of(_ values: [Double]) -> Double {
    self == .mean ? AscentDesk.mean(values) : interquartileMean(values)
  }
}

/// The learning curve of a group of runs: their center at each position of a common grid, and the interval around it.
package struct LearningCurve: Sendable {
  /// The runs.
  package let group: RunGroup
  /// The positions, in ascending order.
  package let x: [Double]
  /// The center of the runs at each position.
  package let center: [Double]
  /// The 95 % intervals of the center, from a bootstrap over whole runs; nil for one run, or if they are not wanted.
  package let band: (low: [Double], high: [Double])?
  /// Each run on the grid.
  package let runs: [[Double]]

  /// What is drawn.
  package struct Request: Sendable {
    /// The column.
    package var column = "mean_return"
    /// The axis.
    package var axis = CurveAxis.steps
    /// The center.
    package var center = CurveCenter.mean
    /// True for a column of evaluations.csv.
    package var isOfEvaluations = false
    /// False to compute no intervals.
    package var hasBands = true

    /// Makes a request for the mean return against steps.
    package init() {}

    /// Makes a request for a column of metrics.csv or, behind `evaluation.`, one of evaluations.csv.
    package init(named name: String) {
      isOfEvaluations = name.hasPrefix(Self.prefix)
      column = isOfEvaluations ? String(name.dropFirst(Self.prefix.count)) : name
    }

    /// What names of columns of evaluations.csv begin with.
    package static let prefix = "evaluation."
  }

  /// Makes the curves of groups.
  ///
  /// - Parameters:
  ///   - groups: the groups.
  ///   - request: the column, the axis and the center.
  /// - Returns: a curve for each group that has rows, and notices about runs that are left out or cut.
  /// - Throws: ``AscentExperiments/ExperimentError/usage(_:)`` for an unknown column, or if no run has a number in it.
  package static func of(
    _ groups: [RunGroup], _ request: Request
  ) throws(ExperimentError) -> (curves: [LearningCurve], notices: [String]) {
    var (curves, notices, apart): ([LearningCurve], [String], [String]) = ([], [], [])
    for group in groups {
      var kept = group
      var points: [CurvePoints] = []
      kept.runs = []
      for run in group.runs {
        guard let table = request.isOfEvaluations ? run.evaluations : run.table else {
          notices.append("left out: \(run.folder.path) has no evaluations.csv")
          continue
        }
        let found = try run.points(of: request.column, against: request.axis, in: table)
        if found.unreadable > 0 {
          notices.append(
            "\(table.path): \(found.unreadable) cells of \(request.column) or \(request.axis.rawValue) are no numbers, and their rows were left out"
          )
        }
        guard !found.x.isEmpty else {
          notices.append("left out: \(run.folder.path) has no number in the column \(request.column) yet")
          continue
        }
        kept.runs.append(run)
        points.append(found)
      }
      guard !points.isEmpty else { continue }
      guard let grid = CommonGrid.values(of: points) else {
        apart.append(
          "the runs of \(group.label) have no \(request.axis.title) in common; draw each by itself with --group-by run"
        )
        continue
      }
      if let notice = cut(kept, points, request.axis) { notices.append(notice) }
      do {
        curves.append(try LearningCurve(kept, grid.x, grid.runs, request))
      } catch {
        throw .machine("\(error)")
      }
    }
    guard !curves.isEmpty else {
      if let apart = apart.first { throw .usage(apart) }
      throw .usage("no run has a number in the column \(request.column) yet")
    }
    return (curves, notices + apart.map { "left out: \($0)" })
  }

  private init(
    _ group: RunGroup, _ x: [Double], _ runs: [[Double]], _ request: Request
  ) throws(RandomnessError) {
    (self.group, self.x, self.runs) = (group, x, runs)
    center = x.indices.map { k in request.center.of(runs.map { $0[k] }) }
    band =
      runs.count > 1 && request.hasBands
      ? try Bootstrap(resamples: Self.resamples).band(of: runs, request.center.of) : nil
  }

  /// The number of resamples of a band, of which a picture shows fewer digits than of a table.
  private static let resamples = 1000

  /// A notice about a group whose runs end at clearly different positions.
  private static func cut(_ group: RunGroup, _ points: [CurvePoints], _ axis: CurveAxis) -> String? {
    let ends = points.compactMap(\.x.last)
    guard let least = ends.min(), let most = ends.max(), let shortest = ends.firstIndex(of: least),
      least < (axis == .steps ? 0.98 : 0.8) * most
    else { return nil }
    return
      "the curve of \(group.label) ends at \(AxisNumber.text(least)) \(axis.title), where \(group.runs[shortest].folder.path) ends; "
      + "the longest of its \(points.count) runs goes to \(AxisNumber.text(most))"
  }
}

extension Bootstrap {
  /// The pointwise intervals of the center of several curves, of which whole ones are resampled.
  ///
  /// - Parameters:
  ///   - curves: at least one; equally many numbers in each.
  ///   - center: the center of the numbers at one position.
  /// - Returns: the ends of the interval at each position.
  /// - Throws: `RandomnessError` if a stream cannot be made.
  func band(
    of curves: [[Double]], _ center: ([Double]) -> Double
  ) throws(RandomnessError) -> (low: [Double], high: [Double]) {
    var draws: [[Int]] = []
    _ = try resampled([curves.indices.map(Double.init)]) { drawn in
      draws.append(drawn[0].map { Int($0) })
      return 0
    }
    let tail = (1 - level) / 2
    var (low, high): ([Double], [Double]) = ([], [])
    var values = Array(repeating: 0.0, count: curves.count)
    for k in curves[0].indices {
      var centers = draws.map { draw in
        for (i, run) in draw.enumerated() { values[i] = curves[run][k] }
        return center(values)
      }
      centers.sort()
      low.append(quantile(tail, ofSorted: centers))
      high.append(quantile(1 - tail, ofSorted: centers))
    }
    return (low, high)
  }
}
