internal import AscentMathematics

/// The marks of an axis: multiples of 1, 2 or 5 times a power of ten.
struct AxisMarks {
  /// The marks inside of the range, in ascending order.
  let values: [Double]
  /// The distance of neighboring marks.
  let step: Double

  /// Chooses marks.
  ///
  /// - Parameters:
  ///   - range: the range.
  ///   - count: about how many marks there should be at most; at least 2.
  init(_ range: ClosedRange<Double>, count: Int) {
    let extent = max(
      range.upperBound - range.lowerBound, abs(range.upperBound) * 1e-12, .leastNormalMagnitude * 1e20)
    let power = Double.powerOfTen((extent / Double(max(count, 1))).exponentOfTen)
    let ends = { (step: Double) in
      (
        first: (range.lowerBound / step - 1e-9).rounded(.up),
        last: (range.upperBound / step + 1e-9).rounded(.down)
      )
    }
    let steps = [1.0, 2, 5, 10, 20].map { $0 * power }
    let step = steps.first { ends($0).last - ends($0).first < Double(count) } ?? 20 * power
    self.step = step
    let (first, last) = ends(step)
    guard step > 0, last >= first, last - first < 100 else {
      values = [range.lowerBound, range.upperBound]
      return
    }
    values = (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// The range that shows numbers with some room around them; a range around one number is made wide.
  static func range(of numbers: some Sequence<Double>) -> ClosedRange<Double> {
    var (low, high) = (Double.infinity, -Double.infinity)
    for x in numbers where x.isFinite { (low, high) = (min(low, x), max(high, x)) }
    guard low <= high else { return 0...1 }
    let extent = high - low
    let room = extent > abs(high) * 1e-9 ? 0.04 * extent : max(abs(high) * 0.1, 0.5)
    return low - room...high + room
  }
}

extension Double {
  /// The power of ten of the first digit.
  fileprivate var exponentOfTen: Double {
    let guess = (logarithm(self) / logarithm(10)).rounded(.down)
    // The quotient may be a last digit below or above a whole number.
    if self >= Self.powerOfTen(guess + 1) { return guess + 1 }
    return self < Self.powerOfTen(guess) ? guess - 1 : guess
  }

  /// 10ⁿ for a whole n, correctly rounded.
  fileprivate static func powerOfTen(_ n: Double) -> Double { Double("1e\(Int(n))") ?? .infinity }
}

/// Numbers beside the marks of an axis, and in legends.
package enum AxisNumber {
  /// A number with at most four significant digits, thousands as k and millions as M: 0.25, 12.5k, 1M, 3.2e-05.
  package static func text(_ x: Double) -> String {
    guard x.isFinite else { return "–" }
    let size = abs(x)
    for (limit, unit) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where size >= limit * 0.99995 && size < 1e13 {
      return digits(x / limit) + unit
    }
    if size < 1e-12 { return "0" }
    if size >= 1e13 || size < 1e-3 {
      let power = size.exponentOfTen
      return digits(x / Double.powerOfTen(power)) + "e\(Int(power))"
    }
    return digits(x)
  }

  /// A number below 10,000 with at most four significant digits, without zeros at its end.
  private static func digits(_ x: Double) -> String {
    let decimals =
      abs(x) >= 999.95 ? 0 : abs(x) >= 99.995 ? 1 : abs(x) >= 9.9995 ? 2 : abs(x) >= 0.99995 ? 3 : 4
    let scale = Double.powerOfTen(Double(decimals))
    let whole = Int((abs(x) * scale).rounded())
    var fraction = String(whole % Int(scale))
    fraction = String(repeating: "0", count: max(0, decimals - fraction.count)) + fraction
    while fraction.last == "0" { fraction.removeLast() }
    let sign = x < 0 && whole > 0 ? "-" : ""
    return sign + String(whole / Int(scale)) + (fraction.isEmpty || decimals == 0 ? "" : "." + fraction)
  }
}
