public import Environments
public import Policies
public import Randomness

/// Why a learner cannot go on.
public enum LearnerError: Error, CustomStringConvertible {
  /// An on-policy estimator was given trajectories of another version of the parameters.
  case offPolicy(sampled: Int, current: Int)
  /// A quantity is not a finite number.
  case notFinite(quantity: String, iteration: Int)
  /// No policy acts in this space.
  case unsupportedActionSpace(Space)
  /// The network cannot be built.
  case policy(PolicyError)
  /// An environment broke its contract.
  case environment(EnvironmentError)
  /// Settings that do not go together.
  case contradiction(String)
  /// A random stream cannot be opened.
  case randomness(RandomnessError)
  /// Another process of the run is gone, or cannot go on.
  case collective(CollectiveFailure)
  /// The same actions led an environment elsewhere than before.
  case notReplayed(lane: Int)

  /// Whether it lies in what was asked for, so that no step was made.
  public var isAboutSettings: Bool {
    switch self {
    case .unsupportedActionSpace, .policy, .contradiction: true
    case .offPolicy, .notFinite, .environment, .randomness, .notReplayed, .collective: false
    }
  }

  /// One sentence.
  public var description: String {
    switch self {
    case .offPolicy(let sampled, let current):
      "on-policy estimates need trajectories of the current parameters: these were sampled by version "
        + "\(sampled), the parameters are version \(current)"
    case .notFinite(let quantity, let iteration):
      "the \(quantity) is not finite in iteration \(iteration); try a lower algorithm.rate"
    case .unsupportedActionSpace(let space):
      "no policy acts in the space \(space)"
    case .policy(let error): "\(error)"
    case .environment(let error): "\(error)"
    case .contradiction(let text): text
    case .randomness(let error): "\(error)"
    case .collective(let failure): "\(failure)"
    case .notReplayed(let lane):
      "the environment of lane \(lane) cannot be brought back: the same seed and the same actions led it elsewhere"
    }
  }
}
