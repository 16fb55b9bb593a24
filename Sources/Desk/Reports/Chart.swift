/// Curves as a picture in SVG, with the colors of the page around it.
struct Chart {
  /// A curve.
  struct Line {
    /// The name in the legend.
    var label: String
    /// The positions.
    var x: [Double]
    /// The numbers at them.
    var y: [Double]
    /// The interval around them.
    var band: (low: [Double], high: [Double])?
    /// Single runs, drawn thinly.
    var runs: [[Double]] = []
    /// The number of its color; nil for gray.
    var color: Int?

    /// The class in the style sheet.
    var style: String { color.map { "c\($0)" } ?? "rest" }
  }

  /// The curves, the most important one last.
  var lines: [Line]
  /// What it shows, for those who cannot see it.
  var title: String
  /// The names of the axes.
  var axes: (x: String, y: String)

  /// The number of colors in the style sheet.
  static let colors = 8

  /// The places inside of a picture.
  private struct Frame {
    let width, height: Double
    let left = 48.0
    let right = 20.0
    let top = 26.0
    let bottom = 40.0
    let x: ClosedRange<Double>
    let y: ClosedRange<Double>

    func place(_ x: Double) -> Double {
      left + (x - self.x.lowerBound) / (self.x.upperBound - self.x.lowerBound) * (width - left - right)
    }

    func level(_ y: Double) -> Double {
      top + (self.y.upperBound - y) / (self.y.upperBound - self.y.lowerBound) * (height - top - bottom)
    }
  }

  /// The picture.
  ///
  /// - Parameters:
  ///   - width: its width in pixels where it is not scaled.
  ///   - height: its height.
  ///   - id: a name that no other element of the page has.
  ///   - style: the class of the element.
  /// - Returns: an element `svg`.
  func svg(width: Double, height: Double, id: String, style: String) -> String {
    let last = lines.compactMap(\.x.last).max() ?? 1
    let numbers = lines.flatMap { line in
      line.y + (line.band.map { $0.low + $0.high } ?? []) + line.runs.flatMap(\.self)
    }
    let frame = Frame(
      width: width, height: height, x: 0...(last > 0 ? last : 1), y: AxisMarks.range(of: numbers))
    var out =
      "<svg class=\"chart \(style)\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\" aria-labelledby=\"\(id)\">"
    out += "<title id=\"\(id)\">\(Markup.text(title))</title>\n"
    out += axes(frame)
    for line in lines { out += shape(line, frame) }
    return out + "</svg>\n"
  }

  private func axes(_ frame: Frame) -> String {
    var out = "<g class=\"axes\">"
    let (bottom, end) = (frame.height - frame.bottom, frame.width - frame.right)
    for y in AxisMarks(frame.y, count: max(3, Int(frame.height / 60))).values {
      let level = coordinate(frame.level(y))
      out += "<path class=\"grid\" d=\"M\(coordinate(frame.left)) \(level)H\(coordinate(end))\"/>"
      out +=
        "<text x=\"\(coordinate(frame.left - 8))\" y=\"\(level)\" dy=\".35em\" text-anchor=\"end\">\(Markup.minus(AxisNumber.text(y)))</text>"
    }
    out += "<path class=\"base\" d=\"M\(coordinate(frame.left)) \(coordinate(bottom))H\(coordinate(end))\"/>"
    for x in AxisMarks(frame.x, count: max(3, Int(frame.width / 90))).values {
      let place = coordinate(frame.place(x))
      out += "<path class=\"base\" d=\"M\(place) \(coordinate(bottom))v4\"/>"
      out +=
        "<text x=\"\(place)\" y=\"\(coordinate(bottom + 17))\" text-anchor=\"middle\">\(AxisNumber.text(x))</text>"
    }
    out +=
      "<text class=\"name\" x=\"\(coordinate(end))\" y=\"\(coordinate(frame.height - 5))\" text-anchor=\"end\">\(Markup.text(axes.x))</text>"
    out += "<text class=\"name\" x=\"4\" y=\"13\">\(Markup.text(axes.y))</text></g>\n"
    return out
  }

  private func shape(_ line: Line, _ frame: Frame) -> String {
    var out = "<g class=\"\(line.style)\">"
    if let band = line.band {
      let upper = points(line.x, band.high, frame)
      let lower = points(line.x, band.low, frame).reversed()
      out += "<path class=\"band\" d=\"M\((upper + lower).joined(separator: "L"))Z\"/>"
    }
    for run in line.runs {
      out += "<path class=\"run\" d=\"M\(points(line.x, run, frame).joined(separator: "L"))\"/>"
    }
    if line.x.count == 1 {
      out +=
        "<circle cx=\"\(coordinate(frame.place(line.x[0])))\" cy=\"\(coordinate(frame.level(line.y[0])))\" r=\"4\"/>"
    } else {
      out += "<path class=\"line\" d=\"M\(points(line.x, line.y, frame).joined(separator: "L"))\"/>"
    }
    return out + "</g>\n"
  }

  private func points(_ x: [Double], _ y: [Double], _ frame: Frame) -> [String] {
    zip(x, y).map { "\(coordinate(frame.place($0))) \(coordinate(frame.level($1)))" }
  }

  /// A coordinate in tenths of a pixel.
  private func coordinate(_ x: Double) -> String { Self.coordinate(x) }

  static func coordinate(_ x: Double) -> String {
    let tenths = Int((min(max(x, -1e6), 1e6) * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    return tenths % 10 == 0
      ? "\(tenths / 10)" : "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}

/// Numbers of single runs as dots on a line, with the interval of their center as a bar.
enum DotStrip {
  /// The picture.
  ///
  /// - Parameters:
  ///   - values: the numbers.
  ///   - interval: the interval; nil for a single number.
  ///   - range: what the whole width shows.
  ///   - style: the class of the color.
  ///   - words: what it shows, for those who cannot see it.
  /// - Returns: an element `svg`.
  static func svg(
    _ values: [Double], _ interval: ClosedRange<Double>?, in range: ClosedRange<Double>, style: String,
    words: String
  ) -> String {
    let place = { (x: Double) in
      Chart.coordinate(6 + (x - range.lowerBound) / (range.upperBound - range.lowerBound) * 148)
    }
    var out =
      "<svg class=\"strip \(style)\" viewBox=\"0 0 160 20\" role=\"img\" aria-label=\"\(Markup.text(words))\">"
    out += "<path class=\"base\" d=\"M6 10H154\"/>"
    if let interval {
      out += "<path class=\"bar\" d=\"M\(place(interval.lowerBound)) 10H\(place(interval.upperBound))\"/>"
    }
    for value in values { out += "<circle cx=\"\(place(value))\" cy=\"10\" r=\"3.2\"/>" }
    return out + "</svg>"
  }
}
