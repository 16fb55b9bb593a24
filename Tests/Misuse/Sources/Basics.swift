import AscentEnvironments
import AscentMathematics
import AscentRandomness
import AscentRegistries
import Glibc

/// Ends the process as after a thrown error.
func exitWithError() -> Never { exit(3) }

/// A stream of random numbers.
func stream(lane: Int = 0) throws -> RandomStream {
  try RandomStream(StreamKey(seed: 1, purpose: .actions, lane: UInt32(lane)))
}

extension Misuses {
  /// Rows, registries and distributions.
  mutating func addBasics() {
    type = "Mathematics.Rows"
    add(
      ["init(start:stride:)", "subscript(_:)", "indices(of:)"], "positions outside of every array", .returns
    ) {
      let rows = Rows(start: -7, stride: -3)
      print(rows[4], rows.stride)
    }
    add(["subscript(_:)", "indices(of:)"], "a range that a negative stride turns around", .stops("Range")) {
      print(Rows(stride: -3)[0..<2])
    }
    type = "Mathematics.Array"
    add("withMutableSpan(_:)", "an index behind the end", .stops("ndex out of")) {
      var numbers: [Float] = .of(3)
      numbers.withMutableSpan { $0[3] = 1 }
    }
    type = "Mathematics.Require"
    let reports: [(String, String, () -> Void)] = [
      (
        "count(_:of:is:_:file:line:)", "the x must have 2 elements (one for each), not 3",
        { Require.count(3, of: "x", is: 2, "one for each") }
      ),
      (
        "count(_:of:atLeast:_:file:line:)", "the x must have at least 2 elements, not -1",
        { Require.count(-1, of: "x", atLeast: 2) }
      ),
      (
        "index(_:of:in:file:line:)", "the x must be absent, since there is none, not 0",
        { Require.index(0, of: "x", in: 0..<0) }
      ),
      (
        "number(_:of:from:file:line:)", "the x must be at least 2, not 1",
        { Require.number(1, of: "x", from: 2) }
      ),
      (
        "choice(_:of:below:file:line:)", "the x must be a choice from 0 to 1, not nan",
        { _ = Require.choice(.nan, of: "x", below: 2) }
      ),
    ]
    for (function, words, call) in reports { add(function, "what is not fulfilled", .stops(words), call) }
    type = "Registries"
    add(
      ["NearestName.of(_:among:)", "Registry.init(of:_:)", "UnknownName.init(kind:name:known:)"], "no names",
      .returns
    ) {
      print(NearestName.of("", among: []), UnknownName(kind: "", name: "", known: []))
      print(Registry<NativeEnvironment>(of: "", []).names)
    }
    addDistributions()
  }

  private mutating func addDistributions() {
    type = "Randomness"
    add("Categorical.init(weights:)", "no weight", .fails("sum of the weights")) {
      _ = try Categorical(weights: [])
    }
    add("Categorical.init(weights:)", "NaN", .fails("weight must be")) {
      _ = try Categorical(weights: [.nan])
    }
    add("Categorical.init(logits:)", "no logit", .fails("highest logit")) { _ = try Categorical(logits: []) }
    add(
      [
        "Categorical.logDensity(of:)", "Bernoulli.logDensity(of:)", "Poisson.logDensity(of:)",
        "UniformInteger.logDensity(of:)",
      ], "values outside of the support", .returns
    ) {
      for x in [-1, 3, Int.max, Int.min] {
        print(
          try Categorical(weights: [1, 2]).logDensity(of: x),
          try Bernoulli(probability: 0.5).logDensity(of: x))
        print(try Poisson(mean: 2).logDensity(of: x), try UniformInteger(count: 3).logDensity(of: x))
      }
    }
    add("Dirichlet.init(concentrations:)", "none", .fails("number of concentrations")) {
      _ = try Dirichlet(concentrations: [])
    }
    add(
      ["Dirichlet.logDensity(of:)", "MultivariateGaussian.logDensity(of:)", "Permutation.logDensity(of:)"],
      "vectors of another length", .returns
    ) {
      let normal = try MultivariateGaussian(mean: [0, 0], covariance: [1, 0, 0, 1])
      for count in [0, 1, 3, 100] {
        print(
          try Dirichlet(concentrations: [1, 2]).logDensity(of: .of(count)), normal.logDensity(of: .of(count)))
        print(try Permutation(count: 2).logDensity(of: .of(count, 7)))
      }
    }
    add("MultivariateGaussian.init(mean:covariance:)", "a short covariance", .fails("number of covariances"))
    {
      _ = try MultivariateGaussian(mean: [0, 0], covariance: [1, 0, 0])
    }
    add("MultivariateGaussian.init(mean:covariance:)", "no dimension", .fails("number of dimensions")) {
      _ = try MultivariateGaussian(mean: [], covariance: [])
    }
    for count in [0, -1] {
      add("Permutation.init(count:)", "\(count) elements", .fails("count must be")) {
        _ = try Permutation(count: count)
      }
      add("UniformInteger.init(count:)", "\(count) values", .fails("count must be")) {
        _ = try UniformInteger(count: count)
      }
    }
    for count in [0, 7, 10_000] {
      add("RandomStream.restore(_:)", "\(count) bytes of another origin", .fails("not a saved random stream"))
      {
        try stream().restore(.of(count))
      }
    }
    add("RandomStream.restore(_:)", "a state without its last byte", .fails("not a saved random stream")) {
      try stream().restore(stream().state().dropLast())
    }
  }
}
