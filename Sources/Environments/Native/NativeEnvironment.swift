public import Randomness
public import Registries

/// A native environment under its name, with what is known exactly of it.
public struct NativeEnvironment: RegistryEntry, Equatable {
  /// The name behind `native:`.
  public let name: String
  /// What it is, in one line.
  public let help: String
  /// The number of steps after which its episodes are truncated, unless a run says otherwise.
  public let timeLimit: Int
  /// How it is made, and what is known of it.
  public let model: Model

  /// What is known of a native environment, from which bounds of returns follow.
  public enum Model: Sendable {
    /// A finite process by its tables, whose state is observed: optimal values and exact gradients are known.
    case finite(@Sendable () throws(ProcessError) -> MarkovDecisionProcess)
    /// A finite process by its tables, whose state is hidden: the bounds of partially observed processes are known.
    case partiallyObserved(@Sendable () throws(ProcessError) -> PartiallyObservedProcess)
    /// A linear process with Gaussian noise and quadratic costs: its optimum is known.
    case linearGaussian(LinearGaussianProcess)
    /// A simulation, of which nothing is known exactly.
    case simulated(@Sendable (RandomGenerator) throws(RandomnessError) -> any Environment)
  }

  /// Makes an entry.
  public init(_ name: String, help: String, timeLimit: Int, model: Model) {
    (self.name, self.help, self.timeLimit, self.model) = (name, help, timeLimit, model)
  }

  /// Whether two entries have the same name.
  public static func == (a: NativeEnvironment, b: NativeEnvironment) -> Bool { a.name == b.name }

  /// Opens the environment, with a time limit around it.
  ///
  /// - Parameters:
  ///   - generator: the generator of its streams.
  ///   - limit: the time limit; nil for its own.
  /// - Returns: the environment.
  /// - Throws: ``ProcessError`` for tables that are no process, ``RandomnessError`` when the generator cannot be opened.
  public func open(_ generator: RandomGenerator, timeLimit limit: Int? = nil) throws -> any Environment {
    TimeLimit(try bare(generator), limit: limit ?? timeLimit)
  }

  private func bare(_ generator: RandomGenerator) throws -> any Environment {
    switch model {
    case .finite(let tables): try TabularEnvironment(tables(), generator: generator)
    case .partiallyObserved(let tables): try PartiallyObservedEnvironment(tables(), generator: generator)
    case .linearGaussian(let process): try LinearGaussianEnvironment(process, generator: generator)
    case .simulated(let make): try make(generator)
    }
  }

  /// Whether bounds of the returns that a policy can reach are known.
  public var isKnownExactly: Bool {
    if case .simulated = model { false } else { true }
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
