public import Environments
internal import PythonEnvironments
public import Randomness

/// What ENV on the command line may be.
public enum EnvironmentReference: Sendable, Equatable {
  /// An environment that Ascent brings: `native:cartpole`.
  case native(NativeProblem)
  /// A Gymnasium id, `module:Id` or `file.py:Class`.
  case hosted(String)

  /// The native problems, by name.
  public enum NativeProblem: String, CaseIterable, Sendable {
    case cartpole
    case twoState = "two-state"

    /// One line for `ascent environments`.
    public var summary: String {
      switch self {
      case .cartpole: "a pole on a cart, the physics of Gymnasium's CartPole-v1, 500 steps"
      case .twoState: "two states, of which the second pays 1 a step, 10 steps"
      }
    }

    func make(_ generator: RandomGenerator, timeLimit: Int) throws -> any Environment {
      switch self {
      case .cartpole:
        return TimeLimit(
          try CartPole(generator: generator), limit: timeLimit > 0 ? timeLimit : CartPole.timeLimit)
      case .twoState:
        return TimeLimit(
          try TabularEnvironment(.twoState(), generator: generator),
          limit: timeLimit > 0 ? timeLimit : MarkovDecisionProcess.twoStateTimeLimit)
      }
    }
  }

  /// Reads ENV.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for a native problem that does not exist.
  public init(_ text: String) throws(ExperimentError) {
    guard text.hasPrefix("native:") else {
      self = .hosted(text)
      return
    }
    let name = String(text.dropFirst("native:".count))
    guard let problem = NativeProblem(rawValue: name) else {
      let names = NativeProblem.allCases.map(\.rawValue)
      throw .usage(
        "there is no native environment '\(name)'; the nearest is "
          + "'native:\(NearestName.of(name, among: names))' (see ascent environments)")
    }
    self = .native(problem)
  }
}

/// An environment opened once for each lane, and the versions of what hosts it.
public struct OpenedEnvironment {
  /// The lanes.
  public let lanes: Lanes
  /// Names and versions that decide its bits.
  public let versions: [(String, String)]

  /// Opens the environment of a configuration.
  ///
  /// - Parameters:
  ///   - configuration: names the environment and its options.
  ///   - seed: the seed of the streams.
  ///   - purpose: what they are for.
  ///   - laneCount: how many environments.
  ///   - host: starts Python when the environment needs it.
  /// - Throws: ``ExperimentError`` when ENV, its Python or its package cannot be opened.
  public init(
    _ configuration: Configuration, seed: UInt64, purpose: StreamKey.Purpose, laneCount: Int, host: PythonHost
  ) throws(ExperimentError) {
    var environments: [any Environment] = []
    switch try EnvironmentReference(configuration.environment) {
    case .native(let problem):
      guard configuration.environmentRandomness == .streams else {
        throw .usage("native environments draw from Ascent's streams only; leave --environment-rng away")
      }
      for _ in 0..<laneCount {
        do {
          environments.append(try problem.make(configuration.generator, timeLimit: configuration.timeLimit))
        } catch {
          throw .usage("\(error)")
        }
      }
      versions = [("ascent", AscentVersion.current), ("gsl", RandomGenerator.libraryVersion)]
    case .hosted(let reference):
      let interpreter = try host.start()
      for lane in 0..<laneCount {
        environments.append(try Self.hosted(reference, lane, configuration, interpreter))
      }
      let report = interpreter.report
      versions = [
        ("ascent", AscentVersion.current), ("gsl", RandomGenerator.libraryVersion),
        ("python", report.version),
        ("gymnasium", report.gymnasiumVersion ?? "none"), ("numpy", report.numpyVersion ?? "none"),
      ]
    }
    do {
      lanes = try Lanes(environments, seed: seed, purpose: purpose)
    } catch {
      throw .usage("\(error)")
    }
  }

  private static func hosted(
    _ reference: String, _ lane: Int, _ configuration: Configuration, _ interpreter: Interpreter
  ) throws(ExperimentError) -> any Environment {
    do {
      let environment = try PythonEnvironment(
        reference, lane: lane,
        randomness: configuration.environmentRandomness == .streams
          ? .streams(configuration.generator) : .native,
        register: configuration.register, interpreter: interpreter)
      let limit = configuration.timeLimit > 0 ? configuration.timeLimit : environment.timeLimit
      return limit.map { TimeLimit(environment, limit: $0) } ?? environment
    } catch {
      throw .python(error)
    }
  }
}
