/// p(o∣s): how an observation o comes from what an environment shows, which stands for the state s.
///
/// Composed from left to right, such models turn any environment into a partially observed one.
///
///     hide=1,3         features 1 and 3, or leaves of these names, are not there: o = s without them
///     gaussian=σ       o = s + ε, ε ~ N(0, σ²)
///     laplace=b        o = s + ε, p(ε) = exp(−|ε|/b) / 2b
///     uniform=w        o = s + ε, ε uniform on [−w, w)
///     dropout=p        each value is lost, that is 0, with probability p, by itself
///     flicker=p        the whole observation is lost with probability p
///     delay=k          o(t) = s(t − k), the first one until there is such a step
///     quantize=q       o is the multiple of q nearest to s
///     confuse=p        each discrete value is, with probability p, a uniform draw from its choices
///     poisson          o ~ Poisson(s), for numbers that are not negative
///     salt-pepper=p    each pixel is, with probability p, black or white
///
/// `gaussian`, `laplace`, `uniform` and `quantize` are about the numbers of boxes and take one value for all of
/// them or one for each. In a box of whole numbers the result is rounded and brought back into the box.
public enum Emission: Sendable, Equatable {
  case hide([String])
  case gaussian([Double])
  case laplace([Double])
  case uniform([Double])
  case dropout(Double)
  case flicker(Double)
  case delay(Int)
  case quantize([Double])
  case confuse(Double)
  case poisson
  case saltPepper(Double)

  /// The words that specifications begin with.
  public static let names = [
    "hide", "gaussian", "laplace", "uniform", "dropout", "flicker", "delay", "quantize", "confuse", "poisson",
    "salt-pepper",
  ]

  /// Reads a specification such as `hide=1,3`.
  ///
  /// - Throws: ``EmissionError/unknown(_:)`` and ``EmissionError/argument(_:allowed:)``.
  public init(typed text: String) throws(EmissionError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let (name, argument) = (parts[0], parts.count > 1 ? parts[1] : "")
    let texts = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    func numbers(_ allowed: String, where isAllowed: (Double) -> Bool) throws(EmissionError) -> [Double] {
      let numbers = texts.compactMap { Double($0) }
      guard numbers.count == texts.count, numbers.allSatisfy({ $0.isFinite && isAllowed($0) }) else {
        throw .argument(text, allowed: allowed)
      }
      return numbers
    }
    func scale(_ what: String) throws(EmissionError) -> [Double] {
      try numbers("\(what), one number or one for each feature, none below 0") { $0 >= 0 }
    }
    func probability() throws(EmissionError) -> Double {
      let allowed = "a probability from 0 to 1"
      let found = try numbers(allowed) { (0...1).contains($0) }
      guard found.count == 1 else { throw .argument(text, allowed: allowed) }
      return found[0]
    }
    switch name {
    case "hide":
      guard texts.allSatisfy({ !$0.isEmpty }) else {
        throw .argument(text, allowed: "numbers of features, counted from 0, or names of leaves")
      }
      self = .hide(texts)
    case "gaussian": self = .gaussian(try scale("deviations"))
    case "laplace": self = .laplace(try scale("scales"))
    case "uniform": self = .uniform(try scale("half widths"))
    case "dropout": self = .dropout(try probability())
    case "flicker": self = .flicker(try probability())
    case "delay":
      guard let steps = Int(argument), steps > 0 else {
        throw .argument(text, allowed: "a number of steps from 1")
      }
      self = .delay(steps)
    case "quantize":
      self = .quantize(try numbers("distances, one number or one for each feature, above 0") { $0 > 0 })
    case "confuse": self = .confuse(try probability())
    case "poisson":
      guard parts.count == 1 else { throw .argument(text, allowed: "no value") }
      self = .poisson
    case "salt-pepper": self = .saltPepper(try probability())
    default: throw .unknown(text)
    }
  }

  /// The specification, as it is typed.
  public var typed: String {
    func joined(_ numbers: [Double]) -> String { numbers.map { "\($0)" }.joined(separator: ",") }
    return switch self {
    case .hide(let features): "hide=" + features.joined(separator: ",")
    case .gaussian(let σ): "gaussian=" + joined(σ)
    case .laplace(let b): "laplace=" + joined(b)
    case .uniform(let w): "uniform=" + joined(w)
    case .dropout(let p): "dropout=\(p)"
    case .flicker(let p): "flicker=\(p)"
    case .delay(let k): "delay=\(k)"
    case .quantize(let q): "quantize=" + joined(q)
    case .confuse(let p): "confuse=\(p)"
    case .poisson: "poisson"
    case .saltPepper(let p): "salt-pepper=\(p)"
    }
  }
}

/// Why an emission cannot be laid over an environment.
public enum EmissionError: Error, Equatable, CustomStringConvertible {
  /// There is no such kind.
  case unknown(String)
  /// The kind takes something else.
  case argument(String, allowed: String)
  /// The observations are of another kind: what the emission needs, and what it found.
  case space(String, needs: String, found: String)
  /// There are not so many values: how many numbers were given for how many features.
  case count(String, given: Int, features: Int)
  /// An episode has no so many steps.
  case horizon(String, steps: Int)

  /// One sentence.
  public var description: String {
    switch self {
    case .unknown(let text):
      "there is no emission '\(text)'; there are " + Emission.names.joined(separator: ", ")
        + " and path.py:Class"
    case .argument(let text, let allowed): "the emission '\(text)' must have \(allowed)"
    case .space(let text, let needs, let found):
      "the emission '\(text)' needs \(needs); the observations are \(found)"
    case .count(let text, let given, let features):
      "the emission '\(text)' has \(given) values for \(features) features; give one, or one for each"
    case .horizon(let text, let steps):
      "the emission '\(text)' would show nothing new: an episode has at most \(steps) steps"
    }
  }
}
