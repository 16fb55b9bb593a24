internal import AscentMathematics
internal import CAscentGSL

/// The Poisson distribution, p(k) = μᵏ e^{−μ} / k!.
public struct Poisson: Distribution {
  /// The mean μ ≥ 0; at 0 all mass is at 0.
  public let mean: Double

  /// Makes the distribution; throws unless 0 ≤ μ ≤ 10⁹.
  public init(mean: Double) throws(RandomnessError) {
    guard (0...1e9).contains(mean) else {
      throw .parameter(name: "mean", value: mean, allowed: "from 0 to 10⁹")
    }
    self.mean = mean
  }

  /// Draws x ~ p with GSL's `gsl_ran_poisson`.
  public func sample(from stream: RandomStream) -> Int { Int(stream.draw(.poisson, mean)) }

  /// log p(k); −∞ below 0.
  public func logDensity(of x: Int) -> Double {
    guard x >= 0 else { return -.infinity }
    guard mean > 0 else { return x == 0 ? 0 : -.infinity }
    return Double(x) * logarithm(mean) - mean - GammaFunction.logGamma(Double(x) + 1)
  }
}
