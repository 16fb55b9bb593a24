import AscentMathematics
import AscentRandomness
import AscentTestSupport
import CAscentGSL
import Testing

/// One distribution of real numbers with what GSL knows about it.
struct RealCase: Sendable, CustomTestStringConvertible {
  var name: String
  var distribution: any Distribution<Double>
  var gsl: cgsl_distribution
  var parameters: [Double]
  var mean: Double
  var variance: Double
  var testDescription: String { "\(name)\(parameters)" }

  static let all: [RealCase] = {
    do {
      return [
        RealCase(
          name: "Gaussian", distribution: try Gaussian(mean: -1, deviation: 2.5), gsl: .gaussian,
          parameters: [-1, 2.5], mean: -1, variance: 6.25),
        RealCase(
          name: "Uniform", distribution: try Uniform(low: -2, high: 5), gsl: .uniform,
          parameters: [-2, 5], mean: 1.5, variance: 49.0 / 12),
        RealCase(
          name: "Exponential", distribution: try Exponential(mean: 3), gsl: .exponential,
          parameters: [3], mean: 3, variance: 9),
        RealCase(
          name: "Gamma", distribution: try Gamma(shape: 2.5, scale: 1.5), gsl: .gamma,
          parameters: [2.5, 1.5], mean: 3.75, variance: 5.625),
        RealCase(
          name: "Gamma", distribution: try Gamma(shape: 0.4, scale: 2), gsl: .gamma,
          parameters: [0.4, 2], mean: 0.8, variance: 1.6),
        RealCase(
          name: "Beta", distribution: try Beta(a: 2, b: 5), gsl: .beta,
          parameters: [2, 5], mean: 2.0 / 7, variance: 10.0 / (49 * 8)),
        RealCase(
          name: "Laplace", distribution: try Laplace(mean: 1, scale: 2), gsl: .laplace,
          parameters: [1, 2], mean: 1, variance: 8),
      ]
    } catch { return [] }
  }()
}

/// One distribution of whole numbers.
struct WholeCase: Sendable, CustomTestStringConvertible {
  var name: String
  var distribution: any Distribution<Int>
  var gsl: cgsl_distribution?
  var parameters: [Double]
  var values: Range<Int>
  var testDescription: String { "\(name)\(parameters)" }

  static let all: [WholeCase] = {
    do {
      return [
        WholeCase(
          name: "Bernoulli", distribution: try Bernoulli(probability: 0.3), gsl: .bernoulli,
          parameters: [0.3], values: 0..<2),
        WholeCase(
          name: "Poisson", distribution: try Poisson(mean: 4), gsl: .poisson, parameters: [4],
          values: 0..<16),
        WholeCase(
          name: "UniformInteger", distribution: try UniformInteger(count: 7), parameters: [7],
          values: 0..<7),
        WholeCase(
          name: "Categorical(weights)", distribution: try Categorical(weights: [1, 0, 3, 6]),
          parameters: [1, 0, 3, 6], values: 0..<4),
        WholeCase(
          name: "Categorical(logits)",
          distribution: try Categorical(logits: [1000, -.infinity, 1001, 999.5]),
          parameters: [1000, 1001, 999.5], values: 0..<4),
      ]
    } catch { return [] }
  }()
}

/// Samples have 200,000 numbers on fixed streams.
///
/// Bounds are those of a false-alarm rate near 1e-7: 5.4 deviations
/// for a mean, and for Kolmogorov–Smirnov D√n > 2.9. A wrong parameter by 2 % would be caught.
@Suite struct `A distribution` {
  static let count = 200_000

  @Test func `is tested at all`() {
    #expect(RealCase.all.count == 7 && WholeCase.all.count == 5)
  }

  @Test(arguments: RealCase.all)
  func `of real numbers has its moments and its shape`(c: RealCase) throws {
    let stream = try RandomStream(StreamKey(seed: 11, purpose: .bootstrap))
    let sample = (0..<Self.count).map { _ in c.distribution.sample(from: stream) }
    let n = Double(Self.count)
    let found = moments(sample)
    #expect(abs(found.mean - c.mean) < 5.4 * (c.variance / n).squareRoot())
    let fourth = sample.reduce(0) { $0 + ($1 - c.mean) * ($1 - c.mean) * ($1 - c.mean) * ($1 - c.mean) } / n
    #expect(abs(found.variance - c.variance) < 5.4 * ((fourth - c.variance * c.variance) / n).squareRoot())
    let distance = kolmogorovDistance(sample) { x in
      var p = 0.0
      _ = unsafe cgsl_cumulative(c.gsl, c.parameters, x, &p)
      return p
    }
    #expect(distance * n.squareRoot() < 2.9)
  }

  @Test(arguments: RealCase.all)
  func `of real numbers has GSL's density, and one far out where GSL's is 0`(c: RealCase) throws {
    let stream = try RandomStream(StreamKey(seed: 12, purpose: .bootstrap))
    for _ in 0..<2000 {
      let x = c.distribution.sample(from: stream)
      var density = 0.0
      let status = unsafe cgsl_density(c.gsl, c.parameters, x, &density)
      #expect(status == .ok)
      #expect(abs(exp(c.distribution.logDensity(of: x)) - density) <= 1e-9 * density)
    }
    if c.name == "Gaussian" || c.name == "Laplace" {
      #expect(c.distribution.logDensity(of: 1e5).isFinite)
    }
  }

  /// Chi-squared over the values with up to 15 degrees of freedom: 60 is beyond the 1e-6 quantile.
  @Test(arguments: WholeCase.all)
  func `of whole numbers has its frequencies`(c: WholeCase) throws {
    let stream = try RandomStream(StreamKey(seed: 13, purpose: .bootstrap))
    var observed = c.values.map { _ in 0.0 }
    for _ in 0..<Self.count {
      let x = c.distribution.sample(from: stream)
      if c.values.contains(x) { observed[x] += 1 }
    }
    let expected = c.values.map { Double(Self.count) * exp(c.distribution.logDensity(of: $0)) }
    for (o, e) in zip(observed, expected) where e == 0 { #expect(o == 0) }
    let possible = c.values.filter { expected[$0] > 0 }
    #expect(chiSquared(possible.map { observed[$0] }, possible.map { expected[$0] }) < 60)
  }

  @Test(arguments: WholeCase.all)
  func `of whole numbers has GSL's probabilities, which sum to 1`(c: WholeCase) {
    var sum = 0.0
    for x in c.values {
      let p = exp(c.distribution.logDensity(of: x))
      sum += p
      guard let gsl = c.gsl else { continue }
      var density = 0.0
      _ = unsafe cgsl_density(gsl, c.parameters, Double(x), &density)
      #expect(abs(p - density) < 1e-12)
    }
    #expect(abs(sum - 1) < (c.name == "Poisson" ? 1e-5 : 1e-12), "Poisson(4) has 5e-6 beyond 15")
    #expect(c.distribution.logDensity(of: -1) == -.infinity)
  }

  private func exp(_ x: Double) -> Double {
    // The tests' own exponential: eˣ = (e^{x/1024})^{1024}, good to 1e-12 here.
    guard x > -700 else { return 0 }
    let r = x / 1024
    var y = 1 + r * (1 + r / 2 * (1 + r / 3 * (1 + r / 4 * (1 + r / 5 * (1 + r / 6 * (1 + r / 7))))))
    for _ in 0..<10 { y *= y }
    return y
  }
}

@Suite struct `A distribution of vectors` {
  @Test func `Dirichlet lies on the simplex with the right means`() throws {
    let dirichlet = try Dirichlet(concentrations: [1, 2, 5])
    let stream = try RandomStream(StreamKey(seed: 14, purpose: .bootstrap))
    var sums = [0.0, 0, 0]
    for _ in 0..<50_000 {
      let x = dirichlet.sample(from: stream)
      #expect(abs(x.reduce(0, +) - 1) < 1e-12)
      for k in 0..<3 { sums[k] += x[k] / 50_000 }
    }
    // Deviations of the means are below 0.0008; 5.4 of them.
    for (found, expected) in zip(sums, [0.125, 0.25, 0.625]) { #expect(abs(found - expected) < 0.0043) }
    // p = Γ(8)/(Γ(1)Γ(2)Γ(5)) x₂ x₃⁴ = 210 · 0.3 · 0.5⁴ = 3.9375, log 1.3705459...
    #expect(abs(dirichlet.logDensity(of: [0.2, 0.3, 0.5]) - 1.370546) < 1e-5)
  }

  @Test func `a multivariate Gaussian has its covariance and its density`() throws {
    let gaussian = try MultivariateGaussian(mean: [1, -2], covariance: [4, 1.2, 1.2, 1])
    let stream = try RandomStream(StreamKey(seed: 15, purpose: .bootstrap))
    let n = 100_000
    let sample = (0..<n).map { _ in gaussian.sample(from: stream) }
    let mean = (0..<2).map { k in sample.reduce(0) { $0 + $1[k] } / Double(n) }
    #expect(abs(mean[0] - 1) < 5.4 * 2 / Double(n).squareRoot())
    #expect(abs(mean[1] + 2) < 5.4 / Double(n).squareRoot())
    let cross = sample.reduce(0) { $0 + ($1[0] - 1) * ($1[1] + 2) } / Double(n)
    // The variance of the product is (4·1 + 1.2²)/n.
    #expect(abs(cross - 1.2) < 5.4 * (5.44 / Double(n)).squareRoot())
    // At the mean: −log 2π − ½ log |Σ| with |Σ| = 4 − 1.44 = 2.56, so −1.8378771 − 0.4700036.
    #expect(abs(gaussian.logDensity(of: [1, -2]) + 2.3078807) < 1e-6)
  }

  /// 24 orders of 4 in 48,000 draws: chi-squared with 23 degrees of freedom exceeds 75 with probability 2e-7.
  @Test func `a permutation has every order equally often`() throws {
    let permutation = try Permutation(count: 4)
    let stream = try RandomStream(StreamKey(seed: 16, purpose: .minibatches))
    var counts: [[Int]: Double] = [:]
    for _ in 0..<48_000 { counts[permutation.sample(from: stream), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(chiSquared(Array(counts.values), Array(repeating: 2000, count: 24)) < 75)
    #expect(abs(permutation.logDensity(of: [3, 0, 2, 1]) + 3.1780538) < 1e-6)
    #expect(permutation.logDensity(of: [0, 0, 2, 1]) == -.infinity)
  }
}

@Suite struct `A bad parameter` {
  static let bad: [(String, @Sendable () throws -> Void)] = [
    ("negative deviation", { _ = try Gaussian(mean: 0, deviation: -1) }),
    ("infinite mean", { _ = try Gaussian(mean: .infinity, deviation: 1) }),
    ("low above high", { _ = try Uniform(low: 1, high: 1) }),
    ("NaN bound", { _ = try Uniform(low: .nan, high: 1) }),
    ("no integers", { _ = try UniformInteger(count: 0) }),
    ("too many integers", { _ = try UniformInteger(count: 1 << 40) }),
    ("probability above 1", { _ = try Bernoulli(probability: 1.5) }),
    ("NaN probability", { _ = try Bernoulli(probability: .nan) }),
    ("negative Poisson mean", { _ = try Poisson(mean: -1) }),
    ("exponential mean 0", { _ = try Exponential(mean: 0) }),
    ("gamma shape 0", { _ = try Gamma(shape: 0) }),
    ("gamma scale NaN", { _ = try Gamma(shape: 1, scale: .nan) }),
    ("beta a 0", { _ = try Beta(a: 0, b: 1) }),
    ("Laplace scale 0", { _ = try Laplace(scale: 0) }),
    ("no concentrations", { _ = try Dirichlet(concentrations: []) }),
    ("concentration 0", { _ = try Dirichlet(concentrations: [1, 0]) }),
    ("no weights", { _ = try Categorical(weights: []) }),
    ("all weights 0", { _ = try Categorical(weights: [0, 0]) }),
    ("negative weight", { _ = try Categorical(weights: [1, -1]) }),
    ("NaN logit", { _ = try Categorical(logits: [0, .nan]) }),
    ("nothing possible", { _ = try Categorical(logits: [-.infinity, -.infinity]) }),
    ("no permutation", { _ = try Permutation(count: 0) }),
    ("not positive definite", { _ = try MultivariateGaussian(mean: [0, 0], covariance: [1, 2, 2, 1]) }),
    ("not symmetric", { _ = try MultivariateGaussian(mean: [0, 0], covariance: [1, 0.5, 0, 1]) }),
    ("wrong size", { _ = try MultivariateGaussian(mean: [0, 0], covariance: [1]) }),
  ]

  @Test(arguments: bad.indices)
  func `is a Swift error that names it`(index: Int) {
    let (name, make) = Self.bad[index]
    let error = #expect(throws: RandomnessError.self, "\(name)") { try make() }
    #expect(error?.description.contains("must be") ?? false)
  }

  @Test func `is an error from the C draws too, never an abort`() throws {
    let stream = try RandomStream(StreamKey(seed: 1, purpose: .actions))
    let source = unsafe stream.source
    var out = [0.0, 0, 0]
    for (number, parameters): (Int32, [Double]) in [
      (0, [1, 0]), (1, [0, -1]), (2, [2]), (3, [-1]), (4, [0]), (5, [1]), (6, [0, 1]), (7, [0, .nan]),
      (8, [0.5]), (9, []), (9, [0]), (10, [1]), (11, [4]), (12, [0, 0]), (99, [1]), (-1, [1]),
    ] {
      let status = unsafe source.draw(
        source.state, number, parameters.isEmpty ? [0] : parameters, parameters.count, &out, 3)
      #expect(status != 0, "distribution \(number) with \(parameters)")
    }
  }
}

/// GSL's draws call the elementary functions of CMath, not those of the C library, whose last bits depend on the processor.
@Suite struct `GSL's arithmetic` {
  @Test func `is Ascent's own`() throws {
    let key = StreamKey(seed: 20_261_129, purpose: .actions, lane: 0, episode: 0)
    let (drawn, uniform) = (try RandomStream(key), try RandomStream(key))
    let exponential = try Exponential(mean: 1)
    for _ in 0..<20_000 {
      #expect(exponential.sample(from: drawn) == -logarithm(onePlus: -uniform.uniform()))
    }
  }
}
