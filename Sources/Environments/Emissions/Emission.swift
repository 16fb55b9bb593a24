public import Randomness
public import Registries

/// p(o∣s): how an observation o comes from what an environment shows, which stands for the state s.
///
/// Composed from left to right, emissions turn any environment into a partially observed one. The registry of
/// ``EmissionEntry`` has those that can be named.
public struct Emission: Sendable, Equatable {
  /// The specification, such as `hide=1,3`.
  public let typed: String
  /// Fits the emission to a space.
  let fit: Fitting

  /// Fits an emission to a space of observations.
  public typealias Fitting = @Sendable (EmissionFit) throws(EmissionError) -> any EmissionLayer

  /// Makes an emission under a specification.
  public init(typed: String, fit: @escaping Fitting) { (self.typed, self.fit) = (typed, fit) }

  /// Reads a specification such as `hide=1,3`.
  ///
  /// - Throws: ``EmissionError/unknown(_:known:)`` and ``EmissionError/argument(_:allowed:)``.
  public init(
    typed text: String, in registry: Registry<EmissionEntry> = .emissions
  ) throws(EmissionError) {
    let arguments = EmissionArguments(text)
    guard let entry = registry.entries.first(where: { $0.name == arguments.name }) else {
      throw .unknown(text, known: registry.names)
    }
    self = try entry.read(arguments)
  }

  /// Whether two emissions have the same specification.
  public static func == (a: Emission, b: Emission) -> Bool { a.typed == b.typed }
}

/// An emission that is fitted to a space: it draws o in the place of s.
///
/// Features are changed in place; hiding some makes them fewer.
public protocol EmissionLayer {
  /// The space of o.
  var output: Space { get }

  /// Begins an episode: what was seen before it is forgotten.
  mutating func begin()

  /// Draws o ~ p(o∣s) in the place of s.
  ///
  /// - Parameters:
  ///   - features: s, then o; behind it there may be more.
  ///   - stream: what is drawn from.
  mutating func emit(_ features: inout [Float], from stream: RandomStream)

  /// Whether o is a function of this step's s.
  var isFunction: Bool { get }

  /// log p(o∣s): a density where numbers are drawn, a probability where choices are.
  ///
  /// Nil where there is none: o is a function of s or of an older state, or a draw that was rounded.
  func logDensity(of o: [Float], given s: [Float]) -> Double?
}

extension EmissionLayer {
  /// Does nothing: most remember nothing.
  public mutating func begin() {}
}

/// A kind of emissions under its name.
public struct EmissionEntry: RegistryEntry {
  /// The word that specifications begin with.
  public let name: String
  /// What it does, in one line.
  public let help: String
  /// What stands behind the name, such as `=σ`; empty for nothing.
  public let form: String
  /// Reads a specification.
  public let read: @Sendable (EmissionArguments) throws(EmissionError) -> Emission

  /// Makes an entry.
  public init(
    _ name: String, form: String, help: String,
    read: @escaping @Sendable (EmissionArguments) throws(EmissionError) -> Emission
  ) {
    (self.name, self.form, self.help, self.read) = (name, form, help, read)
  }
}

extension Registry<EmissionEntry> {
  /// The emissions of this library.
  public static let emissions = Registry(
    of: "emission",
    [
      .hide,
      .gaussian,
      .laplace,
      .uniform,
      .dropout,
      .flicker,
      .delay,
      .repetition,
      .quantize,
      .confuse,
      .poisson,
      .saltPepper,
    ])
}

/// Why an emission cannot be laid over an environment.
public enum EmissionError: Error, Equatable, CustomStringConvertible {
  /// There is no such kind.
  case unknown(String, known: [String])
  /// The kind takes another value.
  case argument(String, allowed: String)
  /// The observations are of another kind: what the emission needs, and what it found.
  case space(String, needs: String, found: String)
  /// There are not so many values: how many numbers were given for how many features.
  case count(String, given: Int, features: Int)
  /// An episode does not have so many steps.
  case horizon(String, steps: Int)

  /// One sentence.
  public var description: String {
    switch self {
    case .unknown(let text, let known):
      "there is no emission '\(text)'; there are " + known.joined(separator: ", ") + " and path.py:Class"
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
