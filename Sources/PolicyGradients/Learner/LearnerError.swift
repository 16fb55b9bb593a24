public import AscentEnvironments
public import AscentPolicies
public import AscentRandomness

/// An error that stops a learner.
public enum LearnerError: Error, CustomStringConvertible {
  /// An on-policy estimator was given trajectories of another version of the parameters.
  case offPolicy(sampled: Int, current: Int)
  /// A quantity is not finite.
  case notFinite(quantity: String, iteration: Int)
  /// No policy supports this action space.
  case unsupportedActionSpace(Space)
  /// The network cannot be built.
  case policy(PolicyError)
  /// An environment violated its contract.
  case environment(EnvironmentError)
  /// Settings contradict each other.
  case contradiction(String)
  /// A setting has a number that it does not accept; `key` is its name on the command line.
  case setting(key: String, found: String, allowed: String)
  /// A random stream cannot be opened.
  case randomness(RandomnessError)
  /// Another process of the run ended or failed.
  case collective(CollectiveFailure)
  /// An environment reached another observation than before with the same seed and actions.
  case notReplayed(lane: Int)

  /// A one-sentence message.
  public var description: String {
    switch self {
    case .offPolicy(let sampled, let current):
      "on-policy estimates need trajectories of the current parameters: these were sampled by version "
        + "\(sampled), the parameters are version \(current)"
    case .notFinite(let quantity, let iteration):
      "the \(quantity) is not finite in iteration \(iteration); "
        + (iteration > 1
          ? "try a lower algorithm.rate"
          : "look for huge or undefined numbers in rewards, observations and log-probabilities")
    case .unsupportedActionSpace(let space):
      "there is no policy for the action space \(space)"
    case .policy(let error): "\(error)"
    case .environment(let error): "\(error)"
    case .contradiction(let text): text
    case .setting(let key, let found, let allowed): "\(key) takes \(allowed), not \(found)"
    case .randomness(let error): "\(error)"
    case .collective(let failure): "\(failure)"
    case .notReplayed(let lane):
      "the environment of lane \(lane) cannot be restored: the same seed and actions led to another state"
    }
  }
}
