package import AscentExperiments
internal import AscentRandomness
internal import AscentRegistries

/// One page about runs: what they learned, what they were, and how they are made again.
package struct Report: Sendable {
  /// A group with its returns.
  struct Entry: Sendable {
    let group: RunGroup
    /// The final return of each run that has one.
    let finals: [(run: RunCurve, final: FinalReturn)]
    /// The interquartile mean of the final returns, and the mean; nil without any.
    let centers: (interquartile: Double, mean: Double)?
    /// Their 95 % intervals; nil for fewer than two runs.
    let intervals: (interquartile: ClosedRange<Double>, mean: ClosedRange<Double>)?
    /// The number of its color; nil for gray.
    var color: Int?

    /// The class of its color.
    var style: String { color.map { "c\($0)" } ?? "rest" }
  }

  /// The paths as they were named.
  let path: String
  /// The groups; of each environment the best one first.
  let entries: [Entry]
  /// The keys by which they were made.
  let keys: [String]
  /// Notices about the runs.
  package let notices: [String]

  /// The largest number of bytes of a page.
  package static let largest = 5_000_000

  /// Reads runs.
  ///
  /// - Parameters:
  ///   - path: a run, or a folder of runs.
  ///   - catalog: the names that run.toml may have.
  /// - Throws: ``AscentExperiments/ExperimentError`` if there is no run that can be read.
  package init(_ path: String, _ catalog: Catalog) throws(ExperimentError) {
    let found = try RunSearch([path], catalog)
    let grouping = try RunGroup.groups(of: found.runs, by: nil)
    (self.path, keys) = (path, grouping.keys)
    var entries: [Entry] = []
    do {
      for group in grouping.groups { entries.append(try Entry(group)) }
    } catch {
      throw .machine("\(error)")
    }
    var order: [String] = []
    for entry in entries where !order.contains(entry.group.environment) {
      order.append(entry.group.environment)
    }
    entries = order.flatMap { name in
      entries.filter { $0.group.environment == name }.enumerated().sorted { a, b in
        let (x, y) = (
          a.element.centers?.interquartile ?? -.infinity, b.element.centers?.interquartile ?? -.infinity
        )
        return x == y ? a.offset < b.offset : x > y
      }.map(\.element)
    }
    // The same name has the same color in every environment; those after the best ones are gray.
    var colors: [String: Int] = [:]
    for k in entries.indices {
      let label = entries[k].group.label
      if colors[label] == nil, colors.count < Chart.colors { colors[label] = colors.count }
      entries[k].color = colors[label]
    }
    self.entries = entries
    var request = LearningCurve.Request()
    request.hasBands = false
    let curves = try? LearningCurve.of(entries.map(\.group), request)
    notices = found.notices + grouping.notices + (curves?.notices ?? [])
  }

  /// All runs.
  package var runs: [RunCurve] { entries.flatMap(\.group.runs) }

  /// The environments, in order.
  var environments: [String] {
    var names: [String] = []
    for entry in entries where !names.contains(entry.group.environment) {
      names.append(entry.group.environment)
    }
    return names
  }

  /// The largest number of curves without a color of their own.
  private static let mostGray = 40

  /// The curves of a column in one environment, the best one last; nil if no run has a number in it.
  ///
  /// - Parameters:
  ///   - column: the column.
  ///   - environment: the environment.
  ///   - isOfEvaluations: true for a column of evaluations.csv.
  ///   - hasGray: true if curves without a color of their own are drawn, too.
  /// - Returns: the chart.
  func chart(
    of column: String, in environment: String, isOfEvaluations: Bool = false, hasGray: Bool = false
  ) -> Chart? {
    var request = LearningCurve.Request()
    (request.column, request.isOfEvaluations) = (column, isOfEvaluations)
    let all = entries.filter { $0.group.environment == environment }
    let gray = hasGray ? all.filter { $0.color == nil }.prefix(Self.mostGray) : []
    let own = all.filter { $0.color != nil } + gray
    let count = own.reduce(0) { $0 + $1.group.runs.count }
    var lines: [Chart.Line] = []
    for entry in own.reversed() {
      request.hasBands = entry.color != nil
      guard let curve = try? LearningCurve.of([entry.group], request).curves.first else { continue }
      lines.append(
        Chart.Line(
          label: entry.group.label, x: curve.x, y: curve.center, band: curve.band,
          runs: curve.runs.count > 1 && count <= 30 && own.count <= 4 ? curve.runs : [], color: entry.color))
    }
    guard !lines.isEmpty else { return nil }
    let names = lines.reversed().prefix(8).map(\.label).joined(separator: ", ")
    return Chart(
      lines: lines,
      title: "\(Picture.title(of: column)) against environment steps in \(environment): \(names)",
      axes: ("environment steps", Picture.title(of: column)))
  }
}

extension Report.Entry {
  /// Reads the returns of a group.
  fileprivate init(_ group: RunGroup) throws(RandomnessError) {
    self.group = group
    finals = group.runs.compactMap { run in FinalReturn(of: run).map { (run, $0) } }
    let values = finals.map(\.final.mean)
    centers = values.isEmpty ? nil : (interquartileMean(values), mean(values))
    intervals =
      values.count < 2
      ? nil
      : (try Bootstrap().interval(of: values, interquartileMean), try Bootstrap().interval(of: values, mean))
  }
}
