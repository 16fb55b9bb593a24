internal import AscentEnvironments
internal import AscentPolicyGradients

/// The best returns of several classes of policies, for native environments where they can be computed.
public struct ProblemBounds: Sendable {
  /// The steps of an episode.
  public let horizon: Int
  /// The bounds, from the largest class of policies to the smallest.
  public let bounds: [Bound]

  /// The best return of one class of policies.
  public struct Bound: Sendable {
    /// `fully_observed`, `qmdp`, `belief` or `memoryless`.
    public let key: String
    /// A description for people.
    public let words: String
    /// E[Σ γᵗ r]; nil if the problem is too large to compute it.
    public let value: Double?
  }

  /// Computes the bounds for a configuration's environment.
  ///
  /// Nil if none is known, or if the policy receives anything but the environment's observations.
  ///
  /// - Parameters:
  ///   - configuration: the environment and, unless it is the environment's own, the time limit.
  ///   - discount: γ.
  /// - Throws: ``ExperimentError/usage(_:)`` for a discount for which the environment cannot be solved.
  init?(of configuration: Configuration, discount: Double) throws(ExperimentError) {
    guard configuration.showsBareObservations,
      case .native(let entry) = try EnvironmentReference(configuration.environment, configuration.catalog),
      let horizon = configuration.timeLimit > 0 ? configuration.timeLimit : entry.timeLimit
    else { return nil }
    do {
      switch entry.model {
      case .simulated, .own: return nil
      case .finite(let tables):
        bounds = [.fullyObserved(try tables(), horizon, discount)]
      case .partiallyObserved(let tables):
        bounds = try Self.bounds(of: try tables(), horizon, discount)
      case .linearGaussian(let process):
        guard discount == 1 else {
          throw ExperimentError.usage("\(configuration.environment) is solved for --discount 1 alone")
        }
        let optimum = LinearQuadraticOptimum(process, horizon: horizon)
        bounds = [.fullyObserved(optimum.objectiveOfState), .belief(optimum.objective)]
      }
    } catch let error as ExperimentError {
      throw error
    } catch {
      throw .usage("\(error)")
    }
    self.horizon = horizon
  }

  /// The limit on states × observations for the memoryless optimum; above it, its gradient ascents take hours.
  private static let mostPairs = 800

  private static func bounds(
    of process: PartiallyObservedProcess, _ horizon: Int, _ discount: Double
  ) throws -> [Bound] {
    [
      .fullyObserved(process.process, horizon, discount),
      Bound(
        key: "qmdp", words: "if the state were observed from the second step on",
        value: BeliefOptimum.upperBound(process, horizon: horizon, discount: discount)),
      .belief(BeliefOptimum.objective(process, horizon: horizon, discount: discount)),
      Bound(
        key: "memoryless", words: "the best memoryless policy that was found",
        value: process.process.stateCount * process.observationCount > mostPairs
          ? nil : try MemorylessOptimum(process, horizon: horizon, discount: discount).objective),
    ]
  }
}

extension ProblemBounds.Bound {
  fileprivate static func fullyObserved(
    _ process: MarkovDecisionProcess, _ horizon: Int, _ discount: Double
  ) -> Self {
    fullyObserved(OptimalValues(process, horizon: horizon, discount: discount).objective)
  }

  fileprivate static func fullyObserved(_ value: Double) -> Self {
    Self(key: "fully_observed", words: "the best policy that observes the state and the time", value: value)
  }

  fileprivate static func belief(_ value: Double?) -> Self {
    Self(key: "belief", words: "the best policy with full memory", value: value)
  }
}
