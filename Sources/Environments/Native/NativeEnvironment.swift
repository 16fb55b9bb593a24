public import AscentRandomness
public import AscentRegistries

/// The registry entry of a native environment, with its model.
public struct NativeEnvironment: RegistryEntry, Equatable {
  /// The name after `native:`.
  public let name: String
  /// A description in one line.
  public let help: String
  /// The number of steps after which episodes are truncated, unless a run sets another limit; nil for no truncation.
  public let timeLimit: Int?
  /// The model that makes the environment, and determines what is known exactly.
  public let model: Model

  /// The kinds of models, by what is known exactly; bounds of returns are computed from it.
  public enum Model: Sendable {
    /// A finite process given by its tables, with an observed state: optimal values and exact gradients are known.
    case finite(@Sendable () throws(ProcessError) -> MarkovDecisionProcess)
    /// A finite process given by its tables, with a hidden state: the bounds of partially observed processes are known.
    case partiallyObserved(@Sendable () throws(ProcessError) -> PartiallyObservedProcess)
    /// A linear process with Gaussian noise and quadratic costs: its optimum is known.
    case linearGaussian(LinearGaussianProcess)
    /// A simulation: nothing is known exactly.
    case simulated(@Sendable (RandomGenerator) throws(RandomnessError) -> any Environment)
    /// A program's own environment, made for a lane: nothing is known exactly.
    case own(@Sendable (_ lane: Int, RandomGenerator) throws -> any Environment)
  }

  /// Makes an entry.
  public init(_ name: String, help: String, timeLimit: Int?, model: Model) {
    (self.name, self.help, self.timeLimit, self.model) = (name, help, timeLimit, model)
  }

  /// Compares two entries by their names.
  public static func == (a: NativeEnvironment, b: NativeEnvironment) -> Bool { a.name == b.name }

  /// Opens the environment and wraps it with a time limit, if there is one.
  ///
  /// - Parameters:
  ///   - generator: the generator of its streams.
  ///   - lane: the lane that it is for.
  ///   - limit: the time limit in steps; nil for the default.
  /// - Returns: the environment.
  /// - Throws: ``ProcessError`` for invalid tables, ``RandomnessError`` when the generator cannot be opened, the errors of
  ///   a program's own environment.
  public func open(
    _ generator: RandomGenerator, lane: Int = 0, timeLimit limit: Int? = nil
  ) throws -> any Environment {
    let environment = try bare(generator, lane)
    return (limit ?? timeLimit).map { TimeLimit(environment, limit: $0) } ?? environment
  }

  private func bare(_ generator: RandomGenerator, _ lane: Int) throws -> any Environment {
    switch model {
    case .finite(let tables): try TabularEnvironment(tables(), generator: generator)
    case .partiallyObserved(let tables): try PartiallyObservedEnvironment(tables(), generator: generator)
    case .linearGaussian(let process): try LinearGaussianEnvironment(process, generator: generator)
    case .simulated(let make): try make(generator)
    case .own(let make): try make(lane, generator)
    }
  }
}

extension Registry<NativeEnvironment> {
  /// The native environments of this library.
  public static let environments = Registry(
    of: "native environment",
    [
      .cartPole,
      .pendulum,
      .acrobot,
      .mountainCar,
      .twoState,
      .bandit,
      .gridWorld,
      .riverSwim,
      .tiger,
      .tMaze,
      .repeatPrevious,
      .hallway,
      .linearGaussian,
    ])
}
