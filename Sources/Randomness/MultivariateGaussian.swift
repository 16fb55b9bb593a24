internal import AscentMathematics
internal import CAscentGSL

/// The normal distribution N(μ, Σ) in d dimensions, p(x) = exp(−½ (x−μ)ᵀ Σ⁻¹ (x−μ)) / √((2π)ᵈ |Σ|).
public struct MultivariateGaussian: Distribution {
  /// The mean μ, [d].
  public let mean: [Double]
  /// The lower triangular Cholesky factor L of Σ = L Lᵀ, [d × d].
  public let factor: [Double]

  /// Makes the distribution from a covariance, [d × d].
  ///
  /// - Throws: ``RandomnessError/parameter(name:value:allowed:)`` unless d ≥ 1, μ is finite, and Σ is finite, symmetric
  ///   within 1e-9 and positive definite.
  public init(mean: [Double], covariance: [Double]) throws(RandomnessError) {
    let d = mean.count
    try Parameter.positive("number of dimensions", Double(d))
    for m in mean { try Parameter.finite("mean", m) }
    guard covariance.count == d * d else {
      throw .parameter(
        name: "number of covariances", value: Double(covariance.count), allowed: "\(d * d) for \(d) means")
    }
    for c in covariance { try Parameter.finite("covariance", c) }
    for i in 0..<d {
      for j in 0..<i where abs(covariance[i * d + j] - covariance[j * d + i]) > 1e-9 {
        throw .parameter(name: "covariance", value: covariance[i * d + j], allowed: "symmetric")
      }
    }
    self.mean = mean
    factor = try Self.cholesky(covariance, d)
  }

  /// The Cholesky factor L, by columns: L(j,j)² = Σ(j,j) − Σₖ L(j,k)², L(i,j) L(j,j) = Σ(i,j) − Σₖ L(i,k) L(j,k).
  private static func cholesky(_ covariance: [Double], _ d: Int) throws(RandomnessError) -> [Double] {
    var l = Array(repeating: 0.0, count: d * d)
    for j in 0..<d {
      for i in j..<d {
        var sum = covariance[i * d + j]
        for k in 0..<j { sum -= l[i * d + k] * l[j * d + k] }
        if i == j {
          guard sum > 0 else {
            throw .parameter(name: "covariance", value: sum, allowed: "positive definite")
          }
          l[j * d + j] = sum.squareRoot()
        } else {
          l[i * d + j] = sum / l[j * d + j]
        }
      }
    }
    return l
  }

  /// Draws x ~ p with GSL's `gsl_ran_multivariate_gaussian`.
  public func sample(from stream: RandomStream) -> [Double] {
    stream.drawVector(.multivariate_gaussian, mean + factor, count: mean.count)
  }

  /// log p(x).
  public func logDensity(of x: [Double]) -> Double {
    let d = mean.count
    guard x.count == d else { return -.infinity }
    // z solves L z = x − μ, so that ‖z‖² is the quadratic form.
    var z = Array(repeating: 0.0, count: d)
    var sum = -0.5 * Double(d) * logTwoPi
    for i in 0..<d {
      var rest = x[i] - mean[i]
      for k in 0..<i { rest -= factor[i * d + k] * z[k] }
      z[i] = rest / factor[i * d + i]
      sum -= 0.5 * z[i] * z[i] + logarithm(factor[i * d + i])
    }
    return sum
  }
}
