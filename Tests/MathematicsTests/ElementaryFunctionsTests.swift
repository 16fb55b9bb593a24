import CAscentMath
import Glibc
import Testing

/// The accuracy of CMath in units in the last place, and its bits.
@Suite struct `Elementary functions` {
  typealias Function = @Sendable (Double) -> Double

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let own: Function
    /// The largest error that is allowed, in units in the last place of the exact result.
    let ulps: Double
    let range: ClosedRange<Double>
    #if arch(x86_64)
    let reference: @Sendable (Float80) -> Float80
    #endif

    var testDescription: String { "\(name) in \(range.lowerBound)…\(range.upperBound)" }

    /// Arguments between the bounds: evenly spread, and, around zero, evenly in their exponents.
    func arguments(_ count: Int) -> [Double] {
      var words = SplitMix(state: 20_261_129)
      return (0..<count).map { k in
        let x = range.lowerBound + (range.upperBound - range.lowerBound) * words.unit()
        guard k % 2 == 0, range.contains(0) else { return x }
        return x * Double(sign: .plus, exponent: -Int(words.unit() * 60), significand: 1)
      }
    }
  }

  #if arch(x86_64)
  static let cases: [Case] = [
    Case(name: "exp", own: { cmath_exp($0) }, ulps: 0.52, range: -745...709.7, reference: { exp($0) }),
    Case(name: "log", own: { cmath_log($0) }, ulps: 0.52, range: 1e-300...10, reference: { log($0) }),
    Case(name: "log", own: { cmath_log($0) }, ulps: 0.52, range: 0.9...1.1, reference: { log($0) }),
    Case(name: "log1p", own: { cmath_log1p($0) }, ulps: 1, range: -0.9999...10, reference: { log1p($0) }),
    Case(name: "expm1", own: { cmath_expm1($0) }, ulps: 1, range: -40...40, reference: { expm1($0) }),
    Case(name: "sin", own: { cmath_sin($0) }, ulps: 0.85, range: -1e6...1e6, reference: { sin($0) }),
    Case(name: "sin", own: { cmath_sin($0) }, ulps: 0.85, range: -4...4, reference: { sin($0) }),
    Case(name: "cos", own: { cmath_cos($0) }, ulps: 0.85, range: -1e6...1e6, reference: { cos($0) }),
    Case(name: "cos", own: { cmath_cos($0) }, ulps: 0.85, range: -4...4, reference: { cos($0) }),
    Case(name: "tan", own: { cmath_tan($0) }, ulps: 1, range: -1.5...1.5, reference: { tan($0) }),
    Case(name: "tanh", own: { cmath_tanh($0) }, ulps: 2.1, range: -20...20, reference: { tanh($0) }),
    Case(name: "sinh", own: { cmath_sinh($0) }, ulps: 2, range: -700...700, reference: { sinh($0) }),
    Case(name: "cosh", own: { cmath_cosh($0) }, ulps: 2, range: -700...700, reference: { cosh($0) }),
    Case(name: "asin", own: { cmath_asin($0) }, ulps: 1, range: -1...1, reference: { asin($0) }),
    Case(name: "acos", own: { cmath_acos($0) }, ulps: 1, range: -1...1, reference: { acos($0) }),
    Case(name: "atan", own: { cmath_atan($0) }, ulps: 1, range: -100...100, reference: { atan($0) }),
    Case(name: "asinh", own: { cmath_asinh($0) }, ulps: 2.5, range: -100...100, reference: { asinh($0) }),
    Case(name: "acosh", own: { cmath_acosh($0) }, ulps: 2.5, range: 1...100, reference: { acosh($0) }),
    Case(name: "atanh", own: { cmath_atanh($0) }, ulps: 2.5, range: -0.999...0.999, reference: { atanh($0) }),
    Case(
      name: "x^0.375", own: { cmath_pow($0, 0.375) }, ulps: 0.53, range: 1e-300...1e6,
      reference: { pow($0, 0.375) }),
    Case(
      name: "1.75^x", own: { cmath_pow(1.75, $0) }, ulps: 0.53, range: -1000...1000,
      reference: { pow(1.75, $0) }),
  ]

  /// The reference has 64 bits and an error below one in its last place, a two-thousandth of one here.
  @Test(arguments: cases)
  func `are within their bound of the exact value`(_ c: Case) {
    var largest = 0.0
    for x in c.arguments(200_000) {
      let exact = c.reference(Float80(x))
      let ulp = Float80(max(Double(exact).magnitude, Double.leastNormalMagnitude).ulp)
      largest = max(largest, Double(((Float80(c.own(x)) - exact) / ulp).magnitude))
    }
    print("accuracy: \(c.testDescription): \(largest) ulp")
    #expect(largest <= c.ulps)
  }
  #endif

  @Test func `have the limits and special values of IEEE 754`() {
    #expect(cmath_exp(-.infinity) == 0 && cmath_exp(1000) == .infinity && cmath_exp(0) == 1)
    #expect(cmath_exp(-745.2) == 0 && cmath_exp(-745) == .leastNonzeroMagnitude)
    #expect(cmath_log(0) == -.infinity && cmath_log(-1).isNaN && cmath_log(1) == 0)
    #expect(cmath_log(.leastNonzeroMagnitude) == -744.4400719213812)
    #expect(cmath_log1p(-1) == -.infinity && cmath_log1p(-2).isNaN && cmath_log1p(-0.0).sign == .minus)
    #expect(cmath_sin(.infinity).isNaN && cmath_cos(.nan).isNaN && cmath_sin(1e300) == -0.8178819121159085)
    #expect(cmath_tanh(400) == 1 && cmath_tanh(-400) == -1 && cmath_tanh(0x1p-1070) == 0x1p-1070)
    #expect(cmath_pow(0, 0) == 1 && cmath_pow(-2, 3) == -8 && cmath_pow(-2, 0.5).isNaN)
    #expect(cmath_pow(2, -1074) == .leastNonzeroMagnitude && cmath_pow(2, 1024) == .infinity)
    #expect(cmath_hypot(0x3p600, 0x4p600) == 0x5p600 && cmath_hypot(.infinity, .nan) == .infinity)
    #expect(cmath_atan2(-0.0, -1) == -.pi && cmath_atan2(1, 0) == .pi / 2)
    var (sine, cosine) = (0.0, 0.0)
    unsafe cmath_sincos(0.7, &sine, &cosine)
    #expect(sine == cmath_sin(0.7) && cosine == cmath_cos(0.7))
  }
}

/// The generator SplitMix64, for arguments: CMath stands below the streams.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
