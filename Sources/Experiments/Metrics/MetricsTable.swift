/// metrics.csv as rows of texts, without the column `seconds`, which the seed does not determine.
package struct MetricsTable: Equatable {
  package let columns: [Substring]
  package let rows: [[Substring]]

  package init(_ text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let header = lines.first ?? []
    let kept = header.indices.filter { header[$0] != "seconds" }
    columns = kept.map { header[$0] }
    // Ignore a line that a crash cut short.
    rows = lines.dropFirst().filter { $0.count == header.count }.map { line in kept.map { line[$0] } }
  }

  /// True if it has the columns of a training run.
  var isOfTraining: Bool { columns == MetricsTable(Metrics.header).columns }

  /// The first row that differs, among the rows that both tables have: its iteration and the columns that differ.
  func firstDifference(to other: MetricsTable) -> (iteration: Int, columns: [String])? {
    for (number, (a, b)) in zip(rows, other.rows).enumerated() where a != b {
      let common = columns.indices.prefix(min(a.count, b.count))
      return (number + 1, common.filter { a[$0] != b[$0] }.map { String(columns[$0]) })
    }
    return nil
  }
}
