internal import AscentMathematics
internal import CAscentGSL

/// The Dirichlet distribution, p(x) = Γ(Σa)/ΠΓ(aₖ) Π xₖ^{aₖ−1} on the simplex.
public struct Dirichlet: Distribution {
  /// The concentrations aₖ > 0.
  public let concentrations: [Double]

  /// Makes the distribution; throws if there are no concentrations, or one is not finite and positive.
  public init(concentrations: [Double]) throws(RandomnessError) {
    try Parameter.positive("number of concentrations", Double(concentrations.count))
    for a in concentrations { try Parameter.positive("concentration", a) }
    self.concentrations = concentrations
  }

  /// Draws x ~ p with GSL's `gsl_ran_dirichlet`.
  public func sample(from stream: RandomStream) -> [Double] {
    stream.drawVector(.dirichlet, concentrations, count: concentrations.count)
  }

  /// log p(x); −∞ off the simplex.
  public func logDensity(of x: [Double]) -> Double {
    guard x.count == concentrations.count, x.allSatisfy({ $0 >= 0 }), abs(x.reduce(0, +) - 1) < 1e-9 else {
      return -.infinity
    }
    var sum = GammaFunction.logGamma(concentrations.reduce(0, +))
    for (a, x) in zip(concentrations, x) where a != 1 { sum += (a - 1) * logarithm(x) }
    for a in concentrations { sum -= GammaFunction.logGamma(a) }
    return sum
  }
}
