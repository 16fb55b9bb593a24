/// One factor of an action distribution: what is drawn, and from which family.
public enum ActionFactor: Sendable, Equatable {
  /// One of so many choices: π(a) = exp(l(a)) / Σ exp(l).
  case categorical(Int)
  /// So many bits: π(1) = 1 / (1 + exp(−l)).
  case bernoulli(Int)
  /// So many numbers: a ~ N(μ, σ²).
  case gaussian(Int, Deviation = .free)
  /// Numbers between bounds: a = low + (high − low) (1 + tanh u) / 2 with u ~ N(μ, σ²).
  case squashed(Bounds, Deviation = .free)
  /// Numbers between bounds: a = low + (high − low) x with x ~ Beta(1 + log(1 + e^y), 1 + log(1 + e^z)), which
  /// has one peak.
  case beta(Bounds)

  /// Where the deviation σ of a Gaussian comes from.
  public enum Deviation: String, Sendable, CaseIterable {
    /// A parameter for each number, the same for every observation.
    case free
    /// The network.
    case network
    /// Generalized state-dependent exploration (Raffin, Kober and Stulp 2021): a = μ + φᵀ ε, with the last
    /// hidden layer φ and a matrix ε(j,k) ~ N(0, σ(j,k)²) that is held for some steps.
    case exploring
  }

  /// Bounds of numbers, one pair for each.
  public struct Bounds: Sendable, Equatable {
    /// The smallest and the largest values.
    public var low, high: [Float]

    /// Makes bounds; both arrays have one number for each value.
    public init(low: [Float], high: [Float]) { (self.low, self.high) = (low, high) }
  }

  /// How many numbers an action of this factor has.
  public var valueCount: Int {
    switch self {
    case .categorical: 1
    case .bernoulli(let n), .gaussian(let n, _): n
    case .squashed(let bounds, _), .beta(let bounds): bounds.low.count
    }
  }

  /// How many numbers describe its distribution in one row.
  var headCount: Int {
    switch self {
    case .categorical(let n), .bernoulli(let n): n
    default: 2 * valueCount
    }
  }

  /// How many outputs of the network it takes.
  var outputCount: Int {
    switch deviation {
    case .free, .exploring: valueCount
    case .network, nil: headCount
    }
  }

  /// Where the deviation comes from, of Gaussian factors.
  var deviation: Deviation? {
    switch self {
    case .gaussian(_, let deviation), .squashed(_, let deviation): deviation
    default: nil
    }
  }

  /// How many parameters it has beside the network's, over so many last hidden units.
  func freeCount(_ latentSize: Int) -> Int {
    switch deviation {
    case .free: valueCount
    case .exploring: latentSize * valueCount
    case .network, nil: 0
    }
  }
}

extension ActionFactor {
  /// Its family of distributions, which lies there.
  func family(at place: FactorPlace) -> any ActionFamily {
    switch self {
    case .categorical(let n): CategoricalFamily(place: place, count: n)
    case .bernoulli(let n): BernoulliFamily(place: place, count: n)
    case .gaussian(let n, let deviation):
      GaussianFamily(place: place, count: n, explores: deviation == .exploring)
    case .squashed(let bounds, let deviation):
      GaussianFamily(
        place: place, count: bounds.low.count, bounds: bounds, explores: deviation == .exploring)
    case .beta(let bounds): BetaFamily(place: place, bounds: bounds)
    }
  }
}

extension FactorPlace {
  /// The place of a factor that lies here, which moves behind it.
  mutating func take(_ factor: ActionFactor, latentSize: Int, isMasked: Bool) -> FactorPlace {
    (valueCount, outputCount, deviation) = (factor.valueCount, factor.outputCount, factor.deviation)
    if case .categorical(let n) = factor { choices = n } else { choices = 0 }
    defer {
      head += factor.headCount
      value += valueCount
      output += outputCount
      free += factor.freeCount(latentSize)
      if isMasked { mask += choices }
    }
    return self
  }
}
