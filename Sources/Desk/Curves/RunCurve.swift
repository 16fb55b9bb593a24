package import AscentExperiments
internal import AscentRegistries

/// A run as its files tell it, finished or not: its settings, and what metrics.csv has.
package struct RunCurve: Sendable {
  /// The folder.
  package let folder: RunFolder
  /// The settings.
  package let configuration: Configuration
  /// The records of run.toml besides the settings, such as `versions.gsl` and `result.fingerprint`.
  package let records: [(key: String, value: String)]
  /// metrics.csv.
  package let table: RunTable
  /// evaluations.csv: the evaluations during training; nil if there were none.
  package let evaluations: RunTable?

  /// Reads a run.
  ///
  /// - Parameters:
  ///   - folder: its folder.
  ///   - catalog: the names that run.toml may have.
  /// - Throws: ``AscentExperiments/ExperimentError`` if it is no run, if run.toml cannot be read, or if it has no metrics.csv
  ///   of a training run.
  package init(_ folder: RunFolder, _ catalog: Catalog) throws(ExperimentError) {
    self.folder = folder
    configuration = try .ofRun(folder, catalog)
    records = folder.records
    let evaluationsFile = folder.path + "/evaluations.csv"
    evaluations = FilePlace.status(evaluationsFile) == nil ? nil : try RunTable(evaluationsFile)
    guard FilePlace.status(folder.metricsFile) != nil else {
      throw .usage("the run in \(folder.path) has no metrics.csv; it has not made its first iteration")
    }
    table = try RunTable(folder.metricsFile)
    guard !table.columns.isEmpty else {
      throw .usage("\(folder.path)/metrics.csv is empty; the run has not made its first iteration")
    }
    guard !table.columns.contains(CurveAxis.steps.rawValue) else { return }
    guard table.columns.allSatisfy({ $0.wholeMatch(of: /[a-z_]{1,40}/) != nil }) else {
      throw .damaged(file: table.path, reason: "its first line is not that of a run")
    }
    throw .usage(
      "\(folder.path) is no training run: its metrics.csv has no column steps, but \(table.columns.joined(separator: ", ")) "
        + "(ascent clone makes such folders)")
  }

  /// The last number of a column, such as `steps`; nil if there is none.
  package func last(of column: String) -> Double? { table.numbers(of: column)?.last { $0.isFinite } }

  /// The seconds for which the run has been training.
  package var seconds: Double? {
    table.numbers(of: CurveAxis.seconds.rawValue).flatMap {
      CurveAxis.seconds.continued($0).last { $0.isFinite }
    }
  }

  /// A record of run.toml, such as `result.fingerprint`; nil if there is none.
  package func record(_ key: String) -> String? { records.first { $0.key == key }?.value }

  /// The value of a setting, as a user types it.
  package func typed(_ key: String) -> String {
    Configuration.settings.first { $0.key == key }?.value(in: configuration).typed ?? ""
  }

  /// The points of a column: those rows that have it, against an axis that only rises.
  ///
  /// - Parameters:
  ///   - column: the name of a column.
  ///   - axis: the axis.
  ///   - table: metrics.csv or evaluations.csv.
  /// - Returns: positions in ascending order, and the number at each.
  /// - Throws: ``AscentExperiments/ExperimentError/usage(_:)`` if there is no such column; the message names the nearest.
  package func points(
    of column: String, against axis: CurveAxis, in table: RunTable
  ) throws(ExperimentError) -> CurvePoints {
    guard let y = table.numbers(of: column) else {
      throw .usage("\(UnknownName(kind: "column", name: column, known: table.columns)) in \(table.path)")
    }
    guard let x = table.numbers(of: axis.rawValue) else {
      throw .usage("\(table.path) has no column \(axis.rawValue); draw against steps")
    }
    return CurvePoints(x: axis.continued(x), y: y)
  }
}

/// The points of one run.
package struct CurvePoints: Sendable, Equatable {
  /// Positions, each above the one before.
  package var x: [Double] = []
  /// A finite number at each.
  package var y: [Double] = []
  /// The number of rows with something that is no such number; empty cells do not count.
  package var unreadable = 0

  /// Keeps those points of two columns that are finite, and to the right of 0 and of those before.
  init(x: [Double], y: [Double]) {
    for (x, y) in zip(x, y) {
      if x.isInfinite || y.isInfinite || x < 0 { unreadable += 1 }
      guard x.isFinite && y.isFinite && x >= 0 && x > (self.x.last ?? -1) else { continue }
      self.x.append(x)
      self.y.append(y)
    }
  }
}

/// The horizontal axis of curves.
package enum CurveAxis: String, NamedChoice {
  /// Environment steps.
  case steps
  /// The time for which the run has been training.
  case seconds

  /// A description in one line.
  package var help: String {
    switch self {
    case .steps: "environment steps"
    case .seconds: "the time that training took; a run that was resumed goes on where it stopped"
    }
  }

  /// The name below the axis.
  package var title: String {
    switch self {
    case .steps: "environment steps"
    case .seconds: "seconds"
    }
  }

  /// The positions without the falls at which a resumed run began to count its seconds again.
  func continued(_ x: [Double]) -> [Double] {
    guard self == .seconds else { return x }
    var (before, offset) = (0.0, 0.0)
    return x.map { x in
      guard x.isFinite else { return x }
      if x < before { offset += before }
      before = x
      return offset + x
    }
  }
}
