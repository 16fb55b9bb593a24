import Ascent

/// A step of one size for every parameter: θ ← θ + α sign(ĝ) (Riedmiller and Braun 1993, without their adaptation).
struct SignAscent: Optimizer {
  var rate: Double
  var stepCount = 0
  /// None: a step depends on its gradient alone.
  var moments: [(name: String, values: [Float])] = []

  init(rate: Double) { self.rate = rate }

  mutating func ascend(_ θ: inout Parameters, along gradient: [Float]) {
    stepCount += 1
    for (k, g) in gradient.enumerated() where g != 0 { θ.values[k] += g > 0 ? Float(rate) : -Float(rate) }
  }
}

extension OptimizerEntry {
  static let signAscent = OptimizerEntry("sign", help: "a step of one size along the gradient's signs") {
    SignAscent(rate: $0.rate)
  }
}
