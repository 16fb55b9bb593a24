/// Numbers as literals of C99, which every compiler reads as the same bits.
enum CNumber {
  /// A float, in hexadecimal: 0x1.8p+1f is 3.
  static func literal(_ x: Float) -> String {
    guard x.isFinite else { return x.isNaN ? "(0.0f / 0.0f)" : x > 0 ? "(1.0f / 0.0f)" : "(-1.0f / 0.0f)" }
    let sign = x.sign == .minus ? "-" : ""
    guard x != 0 else { return sign + "0.0f" }
    // The 23 bits of the significand are six digits with one bit to spare.
    let digits = String((x.bitPattern & 0x7FFFFF) << 1, radix: 16)
    let fraction = String(repeating: "0", count: 6 - digits.count) + digits
    let (first, exponent) = x.isNormal ? ("1", Int(x.exponent)) : ("0", -126)
    return "\(sign)0x\(first).\(fraction)p\(exponent)f"
  }

  /// The definition of an array.
  static func array(_ name: String, _ values: [Float]) -> String {
    var lines = ["static const float \(name)[\(values.count)] = {"]
    for start in stride(from: 0, to: values.count, by: 6) {
      let row = values[start..<min(start + 6, values.count)]
      lines.append("  " + row.map { literal($0) + "," }.joined(separator: " "))
    }
    return (lines + ["};", ""]).joined(separator: "\n")
  }
}
