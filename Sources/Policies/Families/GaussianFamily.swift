internal import AscentMathematics
internal import AscentRandomness

/// n independent numbers u ~ N(μ, σ²), described by μ and log σ.
///
/// A squashed number reaches the environment as low + (high − low)(1 + tanh u)/2. The recorded value is u; its
/// log-density is that of the bounded number,
///
///     log p = log N(u; μ, σ²) − log((high − low)/2) − log(1 − tanh² u),
///
/// computed so that it stays accurate arbitrarily close to a bound. The entropy and its gradient are those of u, since
/// the entropy of the bounded number has no closed form.
///
/// A number in units of the box reaches the environment as its middle plus half its width times u, clamped. Log-density
/// and entropy are those of the environment's number: log N(u; μ, σ²) and the entropy of u, less and plus the logarithm
/// of half the width.
public struct GaussianFamily: ActionFamily {
  /// The number n of values.
  public let count: Int
  /// The source of σ.
  public let deviation: Deviation
  /// The bounds of squashed numbers; nil if the numbers are not squashed.
  public let bounds: ValueBounds?
  /// The map of each number, unless it is squashed.
  private let units: [ActionCoordinate]
  /// The logarithm of half the width of each box whose units a number has; empty if there is none.
  private let logHalves: [Double]

  /// The source of a Gaussian's standard deviation σ.
  public enum Deviation: String, Sendable, CaseIterable {
    /// One parameter for each number, the same for every observation.
    case free
    /// Network outputs.
    case network
    /// Generalized state-dependent exploration (Raffin, Kober and Stulp 2021): a = μ + φᵀ ε, where φ is the last hidden
    /// layer and ε(j,k) ~ N(0, σ(j,k)²) a matrix that stays the same for some steps.
    case exploring
  }

  /// Makes the family of n numbers, squashed into the bounds unless they are nil.
  public init(_ count: Int, _ deviation: Deviation = .free, bounds: ValueBounds? = nil) {
    bounds?.require(count)
    (self.count, self.deviation, self.bounds) = (count, deviation, bounds)
    (units, logHalves) = (Array(repeating: .environment, count: max(0, count)), [])
  }

  /// Makes a family of numbers in units of a box, one for each pair of bounds.
  public init(_ deviation: Deviation = .free, inUnitsOf box: ValueBounds) {
    Require.count(box.high.count, of: "upper bounds", is: box.low.count, "one for each lower bound")
    (count, self.deviation, bounds) = (box.low.count, deviation, nil)
    units = zip(box.low, box.high).map { .units(ofBoxFrom: $0, to: $1) }
    logHalves =
      units.allSatisfy { $0 == .environment } ? [] : units.map { logarithm(Double($0.units.half)) }
  }

  /// The number n of values.
  public var valueCount: Int { count }

  /// The means, then log σ.
  public var headLayout: HeadLayout {
    switch deviation {
    case .free: .outputsAndParameters(count, count)
    case .network: .outputs(2 * count)
    case .exploring: .exploring(count)
    }
  }

  /// Draws u of each number and writes it.
  public func sample(
    _ rows: FactorRows, _ head: borrowing Head, drawing draws: ActionDraws,
    into actions: inout MutableSpan<Float>
  ) {
    rows.requireActions(actions.count, valueCount)
    for row in 0..<rows.count {
      for k in 0..<count {
        let (μ, v) = rows.indices(row, k)
        let σ = μ + count
        if deviation == .exploring {
          actions[v] = head.values[μ] + draws.noise[v]
        } else {
          let z = draws.stream(ofRow: row).standardNormal()
          actions[v] = Float(Double(head.values[μ]) + Double(head.exponentials[σ]) * z)
        }
      }
    }
  }

  /// Writes μ, the most probable u, of each number.
  public func mode(_ rows: FactorRows, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    rows.requireActions(actions.count, valueCount)
    for row in 0..<rows.count {
      for k in 0..<count {
        let (μ, v) = rows.indices(row, k)
        actions[v] = head.values[μ]
      }
    }
  }

  /// Adds log p(a) of each row.
  public func addLogDensities(
    of actions: Span<Float>, _ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    rows.requireActions(actions.count, valueCount)
    rows.requireSums(sums.count)
    for row in 0..<rows.count {
      var sum = 0.0
      for k in 0..<count {
        let (μ, v) = rows.indices(row, k)
        let σ = μ + count
        let z = (Double(actions[v]) - Double(head.values[μ])) / Double(head.exponentials[σ])
        sum -= 0.5 * (z * z + logTwoPi) + Double(head.values[σ])
        if let bounds { sum -= logStretch(Double(actions[v]), bounds, k) }
        if !logHalves.isEmpty { sum -= logHalves[k] }
      }
      sums[row] += sum
    }
  }

  /// log((high − low)/2 (1 − tanh² u)), computed from 1 − tanh² u = 4 e^{−2u} / (1 + e^{−2u})².
  private func logStretch(_ u: Double, _ bounds: ValueBounds, _ k: Int) -> Double {
    logarithm(2 * (Double(bounds.high[k]) - Double(bounds.low[k]))) - 2 * (u + softplus(-2 * u))
  }

  /// Adds the entropy of each row: of u if the numbers are squashed, else of the environment's numbers.
  public func addEntropies(_ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    rows.requireSums(sums.count)
    for row in 0..<rows.count {
      var sum = 0.0
      for k in 0..<count {
        sum += 0.5 * (logTwoPi + 1) + Double(head.values[rows.head[row] + count + k])
        if !logHalves.isEmpty { sum += logHalves[k] }
      }
      sums[row] += sum
    }
  }

  /// Writes the gradient with respect to μ and log σ.
  ///
  /// With z = (u − μ)/σ: ∂ log p/∂ μ = z/σ, ∂ log p/∂ log σ = z² − 1, ∂ H/∂ log σ = 1.
  public func writeAdjoints(
    of actions: Span<Float>, weights: borrowing GradientWeights, _ rows: FactorRows, _ head: borrowing Head,
    into adjoints: inout MutableSpan<Float>
  ) {
    rows.requireActions(actions.count, valueCount)
    rows.requireHead(adjoints.count, headLayout.count)
    rows.requireSums(weights.scores.count)
    for row in 0..<rows.count {
      for k in 0..<count {
        let (μ, v) = rows.indices(row, k)
        let σ = μ + count
        let deviation = Double(head.exponentials[σ])
        let z = (Double(actions[v]) - Double(head.values[μ])) / deviation
        adjoints[μ] = Float(weights.scores[row] * z / deviation)
        adjoints[σ] = Float(weights.scores[row] * (z * z - 1) + weights.entropies[row])
      }
    }
  }

  /// Adds KL(before ‖ now) of each row.
  public func addDivergences(
    from before: borrowing Head, _ rows: FactorRows, _ head: borrowing Head,
    into sums: inout MutableSpan<Double>
  ) {
    rows.requireSums(sums.count)
    rows.requireHead(before.values.count, headLayout.count)
    for row in 0..<rows.count {
      for k in 0..<count {
        let μ = rows.head[row] + k
        let σ = μ + count
        let (s0, s1) = (Double(before.exponentials[σ]), Double(head.exponentials[σ]))
        let d = Double(before.values[μ]) - Double(head.values[μ])
        sums[row] +=
          Double(head.values[σ]) - Double(before.values[σ]) + (s0 * s0 + d * d) / (2 * s1 * s1) - 0.5
      }
    }
  }

  /// Writes w F t with F = diag(1/σ², 2) with respect to μ and log σ.
  public func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, _ rows: FactorRows, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    rows.requireHead(tangents.count, headLayout.count)
    rows.requireHead(products.count, headLayout.count)
    for row in 0..<rows.count {
      for k in 0..<count {
        let μ = rows.head[row] + k
        let σ = μ + count
        let deviation = head.exponentials[σ]
        products[μ] = w * tangents[μ] / (deviation * deviation)
        products[σ] = w * 2 * tangents[σ]
      }
    }
  }

  /// True if the numbers are squashed or in units of a box.
  public var altersActions: Bool { bounds != nil || !logHalves.isEmpty }

  /// u, squashed, in units of a box, or the environment's own number.
  public var coordinates: [ActionCoordinate]? {
    guard let bounds else { return units }
    return zip(bounds.low, bounds.high).map { .squashed(low: $0, high: $1) }
  }

  /// Squashes the drawn numbers into the bounds, or brings them from units of the box to the environment's.
  public func apply(_ drawn: Span<Float>, at first: Int, into applied: inout MutableSpan<Float>) {
    requireApplied(first, drawn.count, applied.count)
    for k in 0..<count {
      let v = first + k
      guard let bounds else {
        let (middle, half) = units[k].units
        applied[v] = units[k] == .environment ? drawn[v] : middle + half * drawn[v]
        continue
      }
      let (low, high) = (Double(bounds.low[k]), Double(bounds.high[k]))
      let x = Float(low + (high - low) * (1 + hyperbolicTangent(Double(drawn[v]))) / 2)
      applied[v] = min(max(x, bounds.low[k]), bounds.high[k])
    }
  }
}

extension BoxDistribution {
  /// A Gaussian whose deviations are parameters; draws beyond a bound are clamped to it.
  public static let gaussian = BoxDistribution(
    "gaussian", help: "Gaussian with one learned deviation for each number; draws are clamped to the bounds",
    needsBounds: false, inUnits: { GaussianFamily(inUnitsOf: $0) }, make: { GaussianFamily($0.low.count) })

  /// A Gaussian whose deviations are network outputs.
  public static let networkGaussian = BoxDistribution(
    "network-gaussian", help: "Gaussian whose deviations are outputs of the network", needsBounds: false,
    inUnits: { GaussianFamily(.network, inUnitsOf: $0) }, make: { GaussianFamily($0.low.count, .network) })

  /// A Gaussian that tanh squashes into the bounds.
  public static let squashed = BoxDistribution(
    "squashed", help: "Gaussian, squashed into the bounds by tanh", needsBounds: true
  ) { GaussianFamily($0.low.count, bounds: $0) }

  /// Generalized state-dependent exploration.
  public static let exploring = BoxDistribution(
    "gsde",
    help: "generalized state-dependent exploration: the noise matrix is redrawn only every few steps",
    needsBounds: false, inUnits: { GaussianFamily(.exploring, inUnitsOf: $0) },
    make: { GaussianFamily($0.low.count, .exploring) })
}
