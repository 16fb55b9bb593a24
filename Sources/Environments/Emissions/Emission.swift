public import AscentRandomness
public import AscentRegistries

/// The distribution p(o∣s) of an observation o, given the environment's own observation, which stands for the state s.
///
/// Emissions are composed from left to right, and make any environment partially observed. The registry of
/// ``EmissionEntry`` contains those that have a name.
public struct Emission: Sendable, Equatable {
  /// The specification, such as `hide=1,3`.
  public let typed: String
  /// The function that fits the emission to a space.
  let fit: Fitting

  /// A function that fits an emission to a space of observations.
  public typealias Fitting = @Sendable (EmissionFit) throws(EmissionError) -> any EmissionLayer

  /// Makes an emission with a specification.
  public init(typed: String, fit: @escaping Fitting) { (self.typed, self.fit) = (typed, fit) }

  /// Reads a specification such as `hide=1,3`.
  ///
  /// - Throws: ``EmissionError/unknown(_:known:)`` or ``EmissionError/argument(_:allowed:)``.
  public init(
    typed text: String, in registry: Registry<EmissionEntry> = .emissions
  ) throws(EmissionError) {
    let arguments = EmissionArguments(text)
    guard let entry = registry.entries.first(where: { $0.name == arguments.name }) else {
      throw .unknown(text, known: registry.names)
    }
    self = try entry.read(arguments)
  }

  /// Compares two emissions by their specifications.
  public static func == (a: Emission, b: Emission) -> Bool { a.typed == b.typed }
}

/// An emission that is fitted to a space: it replaces s by a draw of o.
///
/// Features are overwritten in place. Emissions may hide features, but never add any.
public protocol EmissionLayer {
  /// The space of o.
  var output: Space { get }

  /// Begins an episode, and discards observations of the previous one.
  mutating func begin()

  /// Draws o ~ p(o∣s) and overwrites s with it.
  ///
  /// - Parameters:
  ///   - features: s at the front, then o; other floats may come after it.
  ///   - stream: the stream of the draws.
  mutating func emit(_ features: inout [Float], from stream: RandomStream)

  /// True if o is a function of s at the same step.
  var isFunction: Bool { get }

  /// Returns log p(o∣s): a density for numbers that are drawn, a probability for choices.
  ///
  /// Nil if there is none: o is a function of s or of earlier states, or a draw was rounded.
  func logDensity(of o: [Float], given s: [Float]) -> Double?
}

extension EmissionLayer {
  /// Does nothing: most emissions have no memory.
  public mutating func begin() {}
}

/// The registry entry of a kind of emission.
public struct EmissionEntry: RegistryEntry {
  /// The name with which specifications begin.
  public let name: String
  /// A description in one line.
  public let help: String
  /// The form of the arguments after the name, such as `=σ`; empty if there are none.
  public let form: String
  /// The function that parses a specification.
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

/// The error of an emission that cannot be applied to an environment.
public enum EmissionError: Error, Equatable, CustomStringConvertible {
  /// No emission has this name.
  case unknown(String, known: [String])
  /// The arguments are invalid.
  case argument(String, allowed: String)
  /// The observations have another kind of space than the emission needs.
  case space(String, needs: String, found: String)
  /// The number of values is neither 1 nor the number of features.
  case count(String, given: Int, features: Int)
  /// Episodes have too few steps for the emission.
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
      "the emission '\(text)' would always show the first observation: an episode has at most \(steps) steps"
    }
  }
}
