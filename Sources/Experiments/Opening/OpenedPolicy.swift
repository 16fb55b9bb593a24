internal import Environments
internal import Policies
internal import PolicyGradients
internal import Randomness

/// Whose policy it is: a run's, or the one that training in an environment would begin with.
public enum PolicySubject: Sendable {
  /// A run's policy in the run's environment.
  case run(RunFolder)
  /// The first policy of a configuration.
  case beginning(Configuration)

  /// A folder that holds a run is one; everything else is an environment.
  public init(_ text: String) {
    let folder = RunFolder(text)
    self = folder.holdsRun ? .run(folder) : .beginning(Configuration(environment: text))
  }
}

/// A policy with its parameters, in its environment, on streams that training never uses.
struct OpenedPolicy {
  let configuration: Configuration
  let environment: OpenedEnvironment
  let policy: Policy
  let parameters: Parameters

  init(
    _ subject: PolicySubject, seed: UInt64, lanes: Int, host: PythonHost,
    overriding change: (inout Configuration) throws(ExperimentError) -> Void = { _ in }
  ) throws(ExperimentError) {
    var configuration: Configuration
    switch subject {
    case .beginning(let bare): configuration = bare
    case .run(let folder): configuration = try Configuration.ofRun(folder)
    }
    try change(&configuration)
    self.configuration = configuration
    environment = try OpenedEnvironment(
      configuration, seed: seed, purpose: .evaluationEnvironment, laneCount: lanes, host: host)
    let beginning = try Training.beginning(configuration, environment.lanes)
    policy = beginning.policy
    if case .run(let folder) = subject {
      parameters = try PolicyFile.load(from: folder, like: beginning.parameters, lanes: environment.lanes)
    } else {
      parameters = beginning.parameters
    }
  }
}
