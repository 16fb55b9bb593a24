public import AscentEnvironments
internal import AscentMathematics

/// The optimal controller of a ``LinearGaussianProcess`` and its return: LQR gains applied to the Kalman estimate.
///
///     K(t) = (R + B′P(t+1)B)⁻¹ B′P(t+1)A,  P(t) = Q + A′P(t+1)(A − B K(t)),  P(T+1) = 0
///     Σ(t∣t) = Σ(t∣t−1) − L(t) C Σ(t∣t−1),  L(t) = Σ(t∣t−1)C′ / (C Σ(t∣t−1) C′ + ρ²),  Σ(t+1∣t) = A Σ(t∣t) A′ + W
///     −J = tr P(1)Σ₁ + Σₜ tr P(t+1)W + Σₜ K(t) Σ(t∣t) K(t)′ (R + B′P(t+1)B)
///
/// The last sum is the cost of estimating the state from measurements.
public struct LinearQuadraticOptimum: Sendable {
  /// E[Σ r] of the optimal controller that observes measurements.
  public let objective: Double
  /// E[Σ r] of the optimal controller that observes the state.
  public let objectiveOfState: Double
  /// K(t), [step × state]: a(t) = −K(t) ŝ(t).
  public let gains: [[Double]]
  /// L(t), [step × state]: ŝ(t∣t) = ŝ(t∣t−1) + L(t) (o(t) − C ŝ(t∣t−1)).
  public let filter: [[Double]]

  /// Solves a process over `horizon` steps.
  public init(_ process: LinearGaussianProcess, horizon: Int) {
    process.requireSizes()
    Require.number(horizon, of: "horizon", from: 0)
    let n = process.control.count
    let (A, B, C) = (Matrix(rows: process.transition), process.control, process.sensor)
    let variances = process.noise.map { $0 * $0 }
    // Backward: gains and costs to go.
    var (P, seen) = (Matrix(n), 0.0)
    var (gains, weights) = ([[Double]](), [Double]())
    for _ in 0..<horizon {
      seen += (0..<n).reduce(0) { $0 + P[$1, $1] * variances[$1] }
      let pushed = P * B
      let weight = process.controlCost + dot(B, pushed)
      let gain = (A.transposed * pushed).map { $0 / weight }
      P = A.transposed * P * (A - Matrix(B, gain))
      for k in 0..<n { P[k, k] += process.stateCost[k] }
      gains.insert(gain, at: 0)
      weights.insert(weight, at: 0)
    }
    seen += (0..<n).reduce(0) { $0 + P[$1, $1] * process.initialDeviation[$1] * process.initialDeviation[$1] }
    // Forward: the covariance of the state estimate.
    var Σ = Matrix(n)
    for k in 0..<n { Σ[k, k] = process.initialDeviation[k] * process.initialDeviation[k] }
    var (filter, unknown) = ([[Double]](), 0.0)
    for t in 0..<horizon {
      let spread = Σ * C
      let correction = spread.map { $0 / (dot(C, spread) + process.sensorNoise * process.sensorNoise) }
      Σ = Σ - Matrix(correction, spread)
      unknown += dot(gains[t], Σ * gains[t]) * weights[t]
      filter.append(correction)
      Σ = A * Σ * A.transposed
      for k in 0..<n { Σ[k, k] += variances[k] }
    }
    (self.gains, self.filter) = (gains, filter)
    (objective, objectiveOfState) = (-(seen + unknown), -seen)
  }
}

private func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

/// A small square matrix.
private struct Matrix {
  let count: Int
  var values: [Double]

  init(_ count: Int) { (self.count, values) = (count, Array(repeating: 0, count: count * count)) }
  init(rows: [[Double]]) { (count, values) = (rows.count, rows.flatMap(\.self)) }
  /// The outer product x y′.
  init(_ x: [Double], _ y: [Double]) { (count, values) = (x.count, x.flatMap { x in y.map { x * $0 } }) }

  subscript(_ row: Int, _ column: Int) -> Double {
    get { values[row * count + column] }
    set { values[row * count + column] = newValue }
  }

  var transposed: Matrix {
    var other = self
    for i in 0..<count { for j in 0..<count { other[j, i] = self[i, j] } }
    return other
  }

  static func * (left: Matrix, right: Matrix) -> Matrix {
    var product = Matrix(left.count)
    for i in 0..<left.count {
      for j in 0..<left.count {
        for k in 0..<left.count { product[i, j] += left[i, k] * right[k, j] }
      }
    }
    return product
  }

  static func * (left: Matrix, right: [Double]) -> [Double] {
    (0..<left.count).map { i in (0..<left.count).reduce(0) { $0 + left[i, $1] * right[$1] } }
  }

  static func - (left: Matrix, right: Matrix) -> Matrix {
    var difference = left
    for k in left.values.indices { difference.values[k] -= right.values[k] }
    return difference
  }
}
