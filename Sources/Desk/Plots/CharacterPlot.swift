/// Curves drawn with characters, as wide as the terminal.
///
/// With color, curves are lines of Braille patterns, each in its color, and intervals are shaded. Without color, several curves
/// have letters, and one is a line of Braille patterns or, where the locale is not UTF-8, of stars.
package struct CharacterPlot: Sendable {
  /// A part of a line, all in one color.
  package struct Span: Sendable, Equatable {
    /// The text.
    package var text: String
    /// The number of the curve whose color it has; nil for the terminal's own.
    package var curve: Int?
  }

  /// What the terminal can show.
  package struct Style: Sendable {
    /// The number of characters in a line; at least 20 are used.
    package var columns: Int
    /// True if it shows characters beyond ASCII.
    package var isUnicode: Bool
    /// True if it shows colors.
    package var isColored: Bool

    /// Makes a style.
    package init(columns: Int, isUnicode: Bool, isColored: Bool) {
      (self.columns, self.isUnicode, self.isColored) = (columns, isUnicode, isColored)
    }
  }

  private let curves: [LearningCurve]
  private let style: Style
  private let height: Int
  private let xRange: ClosedRange<Double>
  private let yRange: ClosedRange<Double>

  /// Prepares a drawing of the curves of one field.
  ///
  /// - Parameters:
  ///   - curves: the curves; at least one.
  ///   - style: what the terminal can show.
  ///   - height: the number of lines of the drawing, without axis and legend.
  package init(_ curves: [LearningCurve], _ style: Style, height: Int = 15) {
    (self.curves, self.style, self.height) = (curves, style, max(height, 4))
    let last = curves.compactMap(\.x.last).max() ?? 1
    xRange = 0...(last > 0 ? last : 1)
    yRange = AxisMarks.range(
      of: curves.flatMap { $0.center + ($0.band.map { $0.low + $0.high } ?? []) })
  }

  /// The marks of the curves in the legend.
  private static let letters = Array("abcdefghijklmnopqrstuvwxyz")

  private var hasLetters: Bool { !style.isColored && curves.count > 1 }

  /// The lines of the drawing with its axes.
  package var lines: [[Span]] {
    let marks = AxisMarks(yRange, count: min(6, height / 2))
    var labels = Array(repeating: "", count: height)
    for value in marks.values {
      let row = Int(((yRange.upperBound - value) / extent * Double(height)).rounded(.down))
      if labels.indices.contains(row) { labels[row] = AxisNumber.text(value) }
    }
    let margin = labels.map(\.count).max() ?? 0
    let width = max(10, style.columns - margin - 2)
    let cells = drawn(width)
    let (side, mark) = style.isUnicode ? ("│", "┤") : ("|", "+")
    var lines: [[Span]] = labels.enumerated().map { row, label in
      let gap = String(repeating: " ", count: margin - label.count)
      return [Span(text: "\(gap)\(label) \(label.isEmpty ? side : mark)")] + cells[row]
    }
    lines += axis(margin, width)
    return lines
  }

  private var extent: Double { yRange.upperBound - yRange.lowerBound }

  /// The horizontal axis and the numbers below it.
  private func axis(_ margin: Int, _ width: Int) -> [[Span]] {
    var line = Array(repeating: style.isUnicode ? Character("─") : "-", count: width)
    var numbers = Array(repeating: Character(" "), count: margin + 2 + width)
    var free = 0
    for value in AxisMarks(xRange, count: max(2, width / 14)).values {
      let column = min(width - 1, Int(value / xRange.upperBound * Double(width - 1)))
      let text = AxisNumber.text(value)
      let start = min(max(0, margin + 2 + column - text.count / 2), numbers.count - text.count)
      guard start >= free, line.indices.contains(column) else { continue }
      line[column] = style.isUnicode ? "┬" : "+"
      for (k, character) in text.enumerated() { numbers[start + k] = character }
      free = start + text.count + 2
    }
    let corner = style.isUnicode ? "└" : "+"
    let gap = String(repeating: " ", count: margin + 1)
    var shown = String(numbers)
    while shown.last == " " { shown.removeLast() }
    return [[Span(text: gap + corner + String(line))], [Span(text: shown)]]
  }

  /// The rows of the drawing.
  private func drawn(_ width: Int) -> [[Span]] {
    var canvas = CharacterCanvas(width: width, height: height)
    for (number, curve) in curves.enumerated() where !hasLetters {
      guard let band = curve.band else { continue }
      for column in 0..<width {
        let x = (Double(column) + 0.5) / Double(width) * xRange.upperBound
        guard let low = curve.value(band.low, at: x), let high = curve.value(band.high, at: x) else {
          continue
        }
        canvas.shade(column, rows: row(high)...row(low), number)
      }
    }
    for (number, curve) in curves.enumerated() {
      if hasLetters || !style.isUnicode {
        let mark = hasLetters ? Self.letters[number % Self.letters.count] : "*"
        for column in 0..<width {
          let x = (Double(column) + 0.5) / Double(width) * xRange.upperBound
          if let y = curve.value(curve.center, at: x) { canvas.put(mark, column, row(y), number) }
        }
      } else {
        trace(curve, number, on: &canvas)
      }
    }
    return canvas.rows(shade: style.isUnicode ? "░" : ".", isColored: style.isColored)
  }

  /// Draws a connected line of dots, two to a column and four to a row.
  private func trace(_ curve: LearningCurve, _ number: Int, on canvas: inout CharacterCanvas) {
    var before: Int?
    for dot in 0..<2 * canvas.width {
      let x = (Double(dot) + 0.5) / Double(2 * canvas.width) * xRange.upperBound
      guard let y = curve.value(curve.center, at: x) else {
        before = nil
        continue
      }
      let place = (yRange.upperBound - y) / extent * Double(4 * height)
      let level = min(4 * height - 1, max(0, Int(place)))
      // Where the curve jumps, the upper and the lower half of the gap are filled.
      for between in min(before ?? level, level)...max(before ?? level, level) {
        canvas.dot(dot, between, number)
      }
      before = level
    }
    if curve.x.count == 1 {
      let dot = Int(curve.x[0] / xRange.upperBound * Double(2 * canvas.width - 1))
      canvas.dot(
        dot,
        min(4 * height - 1, max(0, Int((yRange.upperBound - curve.center[0]) / extent * Double(4 * height)))),
        number)
    }
  }

  private func row(_ y: Double) -> Int {
    min(height - 1, max(0, Int((yRange.upperBound - y) / extent * Double(height))))
  }

  /// The lines of the legend: for each curve its mark, its name, and its last number with the interval.
  package var legend: [[Span]] {
    curves.enumerated().map { number, curve in
      let mark = hasLetters ? String(Self.letters[number % Self.letters.count]) : style.isUnicode ? "━━" : "*"
      let text = "\(mark) \(curve.group.label)  \(curve.ending)"
      let shown = style.isUnicode ? text : text.replacing("–", with: "-")
      let fits = shown.count <= style.columns
      let cut = fits ? shown : String(shown.prefix(max(0, style.columns - 1))) + (style.isUnicode ? "…" : "~")
      return [
        Span(text: String(cut.prefix(mark.count)), curve: number),
        Span(text: String(cut.dropFirst(mark.count))),
      ]
    }
  }
}

extension LearningCurve {
  /// The number of runs and the last number, with its interval.
  package var ending: String {
    let count = "\(runs.count) run\(runs.count == 1 ? "" : "s")"
    guard let last = center.last else { return count }
    let interval = band.flatMap { band in
      zip(band.low, band.high).map(\.self).last.map { " [\(AxisNumber.text($0)), \(AxisNumber.text($1))]" }
    }
    return "\(count), last \(AxisNumber.text(last))\(interval ?? "")"
  }

  /// A number between those at the positions of the curve; nil outside of them.
  func value(_ numbers: [Double], at position: Double) -> Double? {
    guard let first = x.first, let last = x.last, position >= first, position <= last else { return nil }
    var (low, high) = (0, x.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if x[middle] < position { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return numbers[0] }
    let part = (position - x[low - 1]) / (x[low] - x[low - 1])
    return numbers[low - 1] + part * (numbers[low] - numbers[low - 1])
  }
}
