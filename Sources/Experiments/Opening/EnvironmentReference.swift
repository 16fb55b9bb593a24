public import Environments
internal import PythonEnvironments
public import Randomness
internal import Registries

/// What ENV on the command line may be.
public enum EnvironmentReference: Sendable, Equatable {
  /// An environment that Ascent brings: `native:cartpole`.
  case native(NativeProblem)
  /// A Gymnasium id, `module:Id` or `file.py:Class`.
  case hosted(String)

  /// The native problems, by name.
  public enum NativeProblem: String, CaseIterable, Sendable {
    case cartpole, pendulum, acrobot
    case mountainCar = "mountain-car"
    case twoState = "two-state"
    case bandit
    case gridWorld = "gridworld"
    case tiger
    case tMaze = "t-maze"
    case repeatPrevious = "repeat-previous"
    case hallway
    case linearGaussian = "linear-gaussian"

    /// One line for `ascent environments`.
    public var summary: String {
      switch self {
      case .cartpole: "a pole on a cart, the physics of Gymnasium's CartPole-v1, 500 steps"
      case .pendulum: "a pendulum to be swung up and held, the physics of Gymnasium's Pendulum-v1, 200 steps"
      case .acrobot: "two links to be swung above a line, the physics of Gymnasium's Acrobot-v1, 500 steps"
      case .mountainCar: "a car too weak for its hill, the physics of Gymnasium's MountainCar-v0, 200 steps"
      case .twoState: "two states, of which the second pays 1 a step, 10 steps"
      case .bandit: "two arms that pay 1 with probability 0.4 and 0.6, 1 step"
      case .gridWorld: "4 × 4 tiles that slip, a goal and a pit, 30 steps"
      case .tiger: "a tiger behind one of two doors, heard but not seen, 20 steps"
      case .tMaze: "a sign, a corridor of 10, and a turn that the sign foretold, 60 steps"
      case .repeatPrevious: "say the symbol of two steps ago, 32 steps"
      case .hallway: "a corridor with four alcoves, one of which is the goal, felt by its walls, 100 steps"
      case .linearGaussian: "a mass to be held in place, its position measured with errors, 50 steps"
      }
    }

    func make(_ generator: RandomGenerator, timeLimit: Int) throws -> any Environment {
      let limit = timeLimit > 0 ? timeLimit : timeLimitByDefault
      return TimeLimit(try bare(generator), limit: limit)
    }

    private func bare(_ generator: RandomGenerator) throws -> any Environment {
      if let process = try process { return try TabularEnvironment(process, generator: generator) }
      if let problem = try partiallyObserved {
        return try PartiallyObservedEnvironment(problem, generator: generator)
      }
      switch self {
      case .pendulum: return try Pendulum(generator: generator)
      case .acrobot: return try Acrobot(generator: generator)
      case .mountainCar: return try MountainCar(generator: generator)
      case .linearGaussian: return try LinearGaussianEnvironment(.mass, generator: generator)
      default: return try CartPole(generator: generator)
      }
    }

    /// The tables of a finite problem whose states are seen, nil for the others.
    var process: MarkovDecisionProcess? {
      get throws(ProcessError) {
        switch self {
        case .twoState: try .twoState()
        case .bandit: try .bandit()
        case .gridWorld: try .gridWorld()
        default: nil
        }
      }
    }

    /// The tables of a finite problem whose states are not seen, nil for the others.
    var partiallyObserved: PartiallyObservedProcess? {
      get throws(ProcessError) {
        switch self {
        case .tiger: try .tiger()
        case .tMaze: try .tMaze()
        case .repeatPrevious: try .repeatPrevious()
        case .hallway: try .hallway()
        default: nil
        }
      }
    }

    /// Whether it is known how far any policy can get.
    var isKnownExactly: Bool { ![.cartpole, .pendulum, .acrobot, .mountainCar].contains(self) }

    /// The number of steps after which it truncates unless a run says otherwise.
    var timeLimitByDefault: Int {
      switch self {
      case .cartpole: CartPole.timeLimit
      case .pendulum: Pendulum.timeLimit
      case .acrobot: Acrobot.timeLimit
      case .mountainCar: MountainCar.timeLimit
      case .twoState: MarkovDecisionProcess.twoStateTimeLimit
      case .bandit: MarkovDecisionProcess.banditTimeLimit
      case .gridWorld: MarkovDecisionProcess.gridWorldTimeLimit
      case .tiger: PartiallyObservedProcess.tigerTimeLimit
      case .tMaze: PartiallyObservedProcess.tMazeTimeLimit
      case .repeatPrevious: PartiallyObservedProcess.repeatPreviousTimeLimit
      case .hallway: PartiallyObservedProcess.hallwayTimeLimit
      case .linearGaussian: LinearGaussianProcess.massTimeLimit
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
  /// What a user should know about it.
  public let notices: [String]
  private let tables: Tables
  private let tolerant: [FaultTruncation]
  /// The Python of hosted environments.
  let interpreter: Interpreter?

  private enum Tables {
    case none
    case native(MarkovDecisionProcess, horizon: Int)
    case hosted(PythonEnvironment, horizon: Int)
  }

  /// A fault of this process's lanes that ended an episode and not the run: the last one of its lane.
  var lastFault: EnvironmentError? { tolerant.lazy.compactMap(\.lastFault).last }

  /// The tables of the process and the number of steps after which episodes end, where both are known.
  public var finiteProcess: (process: MarkovDecisionProcess, horizon: Int)? {
    switch tables {
    case .none: nil
    case .native(let process, let horizon): (process, horizon)
    case .hosted(let environment, let horizon): environment.process.map { ($0, horizon) }
    }
  }

  /// Opens the environment of a configuration.
  ///
  /// - Parameters:
  ///   - configuration: names the environment and its options.
  ///   - seed: the seed of the streams.
  ///   - purpose: what they are for.
  ///   - laneCount: how many environments.
  ///   - hosted: which of them this process opens, or nil for all.
  ///   - inVectors: whether lanes of a vector environment are stepped together; otherwise each is a vector of one.
  ///   - host: starts Python when the environment needs it.
  /// - Throws: ``ExperimentError`` when ENV, its Python or its package cannot be opened.
  public init(
    _ configuration: Configuration, seed: UInt64, purpose: StreamKey.Purpose, laneCount: Int,
    hosted: Range<Int>? = nil, inVectors: Bool = false, host: PythonHost
  ) throws(ExperimentError) {
    let hosted = hosted ?? 0..<laneCount
    var environments: [any Environment] = []
    var vectors: [any EnvironmentVector] = []
    var tables = Tables.none
    var tolerant: [FaultTruncation] = []
    let limit = configuration.timeLimit
    let emissions = try configuration.emissions.hosted()
    let horizon: Int?
    switch try EnvironmentReference(configuration.environment) {
    case .native(let problem):
      guard configuration.environmentRandomness == .streams else {
        throw .usage("native environments draw from Ascent's streams only; leave --environment-rng away")
      }
      guard emissions.isEmpty else {
        throw .usage("native environments have no Python; leave the emission \(emissions[0]) away")
      }
      guard configuration.vector == 0 else {
        throw .usage("native environments are stepped side by side as they are; leave --vector away")
      }
      guard !configuration.masksActions else {
        throw .usage("native environments allow every action; leave environment.action_masks away")
      }
      guard !configuration.capturesRandomness else {
        throw .usage("native environments draw from Ascent's streams only; leave --capture-rng away")
      }
      notices = []
      horizon = limit > 0 ? limit : problem.timeLimitByDefault
      for _ in hosted {
        do {
          environments.append(try problem.make(configuration.generator, timeLimit: limit))
          if let process = try problem.process {
            tables = .native(process, horizon: limit > 0 ? limit : problem.timeLimitByDefault)
          }
        } catch {
          throw .usage("\(error)")
        }
      }
      versions = [("ascent", AscentVersion.current), ("gsl", RandomGenerator.libraryVersion)]
      interpreter = nil
    case .hosted(let reference):
      let interpreter = try host.start()
      self.interpreter = interpreter
      if configuration.capturesRandomness { try Self.capture(interpreter, configuration, seed, emissions) }
      var (leftOut, own) = ("", Int?.none)
      if configuration.vector > 0 {
        let members = inVectors ? configuration.vector : 1
        for first in stride(from: hosted.lowerBound, to: hosted.upperBound, by: members) {
          let vector = try Self.vector(reference, first, members, configuration, interpreter)
          (leftOut, own) = (vector.leftOut, vector.timeLimit)
          environments += vector.environments
          if members > 1 { vectors.append(vector) }
        }
      } else {
        for lane in hosted {
          let environment = try Self.hosted(reference, lane, configuration, emissions, interpreter)
          own = limit > 0 ? limit : environment.timeLimit
          let limited: any Environment = own.map { TimeLimit(environment, limit: $0) } ?? environment
          if configuration.onFault == .resetLane {
            tolerant.append(FaultTruncation(limited))
            environments.append(tolerant[tolerant.count - 1])
          } else {
            environments.append(limited)
          }
          leftOut = environment.leftOut
          if lane == hosted.lowerBound, let own { tables = .hosted(environment, horizon: own) }
        }
      }
      horizon = own
      notices = leftOut.isEmpty ? [] : ["the texts among the observations are left out: \(leftOut)"]
      let report = interpreter.report
      versions = [
        ("ascent", AscentVersion.current), ("gsl", RandomGenerator.libraryVersion),
        ("python", report.version),
        ("gymnasium", report.gymnasiumVersion ?? "none"), ("numpy", report.numpyVersion ?? "none"),
      ]
    }
    let parts = Set(configuration.alsoObserves)
    // A table's states are what a policy sees, and nothing else.
    let isPlain =
      parts.isEmpty && configuration.frameStack == 1 && configuration.emissions.isEmpty
      && configuration.memory == .none
    self.tables = isPlain ? tables : .none
    self.tolerant = tolerant
    guard !parts.contains(.time) || horizon != nil else {
      throw .usage("environment.also_observe = time needs a time limit; set environment.time_limit")
    }
    let kinds = configuration.emissions.kinds
    if !kinds.isEmpty {
      do throws(PartialObservationError) {
        for lane in environments.indices {
          environments[lane] = try PartialObservation(
            environments[lane], kinds, horizon: horizon, generator: configuration.generator)
        }
      } catch {
        throw .usage("\(error)")
      }
    }
    if !parts.isEmpty {
      environments = environments.map { AlsoObserve($0, parts, limit: horizon ?? 1) }
    }
    if configuration.frameStack > 1 {
      environments = environments.map { FrameStack($0, count: configuration.frameStack) }
    }
    // What a window remembers goes through the network with what is new: it is a stack of all that is shown.
    if case .window(let count) = configuration.memory {
      environments = environments.map { FrameStack($0, count: count) }
    }
    do {
      lanes = try Lanes(
        environments, seed: seed, purpose: purpose, from: hosted.lowerBound, of: laneCount, vectors: vectors,
        restartingAfter: configuration.vectorSteps)
    } catch {
      throw .usage("\(error)")
    }
  }

  private static func vector(
    _ reference: String, _ lane: Int, _ count: Int, _ configuration: Configuration, _ interpreter: Interpreter
  ) throws(ExperimentError) -> PythonVector {
    guard configuration.timeLimit == 0 else {
      throw .usage("a vector environment ends its own episodes; leave environment.time_limit away")
    }
    guard configuration.onFault == .stop else {
      throw .usage(
        "a fault of a vector environment is one of all its lanes; leave --on-fault reset-lane or --vector away"
      )
    }
    guard !configuration.masksActions else {
      throw .usage(
        "action masks of vector environments are not supported; leave environment.action_masks or --vector away"
      )
    }
    guard try configuration.emissions.hosted().isEmpty else {
      throw .usage("emissions in Python see one environment at a time; leave them or --vector away")
    }
    do {
      return try PythonVector(
        reference, count: count, firstLane: lane, randomness: randomness(configuration),
        register: configuration.register, interpreter: interpreter)
    } catch {
      throw .python(error)
    }
  }

  private static func capture(
    _ interpreter: Interpreter, _ configuration: Configuration, _ seed: UInt64, _ emissions: [String]
  ) throws(ExperimentError) {
    guard configuration.environmentRandomness == .streams else {
      throw .usage(
        "--capture-rng feeds Ascent's streams to an environment that --environment-rng native lets draw from its own; "
          + "leave one of them away")
    }
    do {
      guard try interpreter.captureRandomness(configuration.generator, seed: seed) else { return }
    } catch {
      throw .python(error)
    }
    // Opened once for nothing: modules load with it, and what they draw belongs to no lane and is the same in every process.
    let (reference, nobody) = (configuration.environment, Int(UInt32.max))
    if configuration.vector > 0 {
      _ = try vector(reference, nobody, 1, configuration, interpreter)
    } else {
      _ = try hosted(reference, nobody, configuration, emissions, interpreter)
    }
  }

  private static func randomness(_ configuration: Configuration) -> EnvironmentRandomness {
    configuration.environmentRandomness == .streams ? .streams(configuration.generator) : .native
  }

  private static func hosted(
    _ reference: String, _ lane: Int, _ configuration: Configuration, _ emissions: [String],
    _ interpreter: Interpreter
  ) throws(ExperimentError) -> PythonEnvironment {
    do {
      return try PythonEnvironment(
        reference, lane: lane, randomness: randomness(configuration), register: configuration.register,
        emissions: emissions, masksActions: configuration.masksActions,
        interpreter: interpreter)
    } catch {
      throw .python(error)
    }
  }
}
