internal import Environments
internal import PolicyGradients

/// What is known exactly of a native problem: the returns that no policy of a kind exceeds.
public struct ProblemBounds: Sendable {
  /// The steps of an episode.
  public let horizon: Int
  /// The bounds from the widest to the narrowest.
  public let bounds: [Bound]

  /// With more pairs of state and observation the ascents of the memoryless optimum would take hours.
  private static let mostPairs = 800

  /// The best return of a kind of policies.
  public struct Bound: Sendable {
    /// `fully_observed`, `qmdp`, `belief` or `memoryless`.
    public let key: String
    /// What it is, for people.
    public let words: String
    /// E[Σ γᵗ r], nil where it is too large to be worked out.
    public let value: Double?
  }

  /// Whether there are bounds for what a policy sees there.
  static func areKnown(of configuration: Configuration) -> Bool {
    guard case .native(let problem) = try? EnvironmentReference(configuration.environment) else {
      return false
    }
    return problem.isKnownExactly && configuration.emissions.isEmpty && configuration.alsoObserves.isEmpty
      && configuration.frameStack == 1 && configuration.memory == .none
  }

  /// Works out the bounds of a native problem.
  ///
  /// - Parameters:
  ///   - configuration: names the problem and, where it is not the problem's own, the time limit.
  ///   - discount: γ.
  /// - Throws: ``ExperimentError/usage(_:)`` for environments of which nothing is known (``areKnown(of:)``), and for a
  ///   discount that they were not solved for.
  public init(of configuration: Configuration, discount: Double) throws(ExperimentError) {
    guard Self.areKnown(of: configuration),
      case .native(let problem) = try EnvironmentReference(configuration.environment)
    else {
      throw .usage("nothing is known exactly of \(configuration.environment) and what a policy sees of it")
    }
    guard discount >= 0, discount <= 1 else {
      throw .usage("--discount takes a number from 0 to 1, not \(discount)")
    }
    let steps = configuration.timeLimit > 0 ? configuration.timeLimit : problem.timeLimitByDefault
    horizon = steps
    do {
      if let process = try problem.process {
        bounds = [.fullyObserved(OptimalValues(process, horizon: steps, discount: discount).objective)]
      } else if let hidden = try problem.partiallyObserved {
        bounds = [
          .fullyObserved(OptimalValues(hidden.process, horizon: steps, discount: discount).objective),
          Bound(
            key: "qmdp", words: "if the state were seen from the second step on",
            value: BeliefOptimum.upperBound(hidden, horizon: steps, discount: discount)),
          .belief(BeliefOptimum.objective(hidden, horizon: steps, discount: discount)),
          Bound(
            key: "memoryless", words: "the best found that sees the last observation alone",
            value: hidden.process.stateCount * hidden.observationCount > Self.mostPairs
              ? nil : try MemorylessOptimum(hidden, horizon: steps, discount: discount).objective),
        ]
      } else {
        guard discount == 1 else {
          throw ExperimentError.usage("\(configuration.environment) is solved for --discount 1 alone")
        }
        let optimum = LinearQuadraticOptimum(.mass, horizon: steps)
        bounds = [.fullyObserved(optimum.objectiveOfState), .belief(optimum.objective)]
      }
    } catch let error as ExperimentError {
      throw error
    } catch {
      throw .usage("\(error)")
    }
  }
}

extension ProblemBounds.Bound {
  fileprivate static func fullyObserved(_ value: Double) -> Self {
    Self(key: "fully_observed", words: "the best when the state and the time are seen", value: value)
  }

  fileprivate static func belief(_ value: Double?) -> Self {
    Self(key: "belief", words: "the best of all that remember what they saw", value: value)
  }
}
