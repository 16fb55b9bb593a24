import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

/// scipy is the second opinion, asked through our own bridge.
@Suite struct `scipy agrees` {
  static let scipyNames = [
    "Gaussian": "norm(-1, 2.5)", "Uniform": "uniform(-2, 7)", "Exponential": "expon(0, 3)",
    "Laplace": "laplace(1, 2)", "Beta": "beta(2, 5)",
  ]

  static func frozen(_ c: RealCase) -> String {
    c.name == "Gamma" ? "gamma(\(c.parameters[0]), 0, \(c.parameters[1]))" : scipyNames[c.name] ?? ""
  }

  @Test(arguments: RealCase.all)
  func `on the log-density`(c: RealCase) throws {
    let stream = try RandomStream(StreamKey(seed: 21, purpose: .bootstrap))
    let sample = (0..<200).map { _ in c.distribution.sample(from: stream) }
    let theirs = try TestPython.numbers(
      """
      import scipy.stats as s
      result = " ".join(repr(float(v)) for v in s.\(Self.frozen(c)).logpdf(\(sample)))
      """)
    #expect(theirs.count == sample.count)
    for (x, theirs) in zip(sample, theirs) {
      #expect(abs(c.distribution.logDensity(of: x) - theirs) <= 1e-9 * max(1, abs(theirs)))
    }
  }

  /// False-alarm rate 1e-7 by the bound on p.
  @Test(arguments: RealCase.all)
  func `that the sample fits`(c: RealCase) throws {
    let stream = try RandomStream(StreamKey(seed: 22, purpose: .bootstrap))
    let sample = (0..<20_000).map { _ in c.distribution.sample(from: stream) }
    let p = try TestPython.numbers(
      "import scipy.stats as s\nresult = s.kstest(\(sample), s.\(Self.frozen(c)).cdf).pvalue")
    #expect(p.count == 1 && p[0] > 1e-7)
  }

  @Test func `on Poisson, Dirichlet and the multivariate Gaussian`() throws {
    let theirs = try TestPython.numbers(
      """
      import scipy.stats as s
      result = " ".join(repr(float(v)) for v in [s.poisson(4).logpmf(9), s.dirichlet([1, 2, 5]).logpdf([.2, .3, .5]),
        s.multivariate_normal([1, -2], [[4, 1.2], [1.2, 1]]).logpdf([2, 3])])
      """)
    let ours = [
      try Poisson(mean: 4).logDensity(of: 9),
      try Dirichlet(concentrations: [1, 2, 5]).logDensity(of: [0.2, 0.3, 0.5]),
      try MultivariateGaussian(mean: [1, -2], covariance: [4, 1.2, 1.2, 1]).logDensity(of: [2, 3]),
    ]
    #expect(theirs.count == 3)
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < 1e-9) }
  }
}
