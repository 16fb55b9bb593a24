internal import Environments
internal import Policies

/// Whose policy it is: a run's, or the one that training in an environment would begin with.
public enum PolicySubject: Sendable {
  /// A run's policy in the run's environment.
  case run(RunFolder)
  /// The first policy of a configuration.
  case beginning(Configuration)

  /// A folder that holds a run is one; everything else is an environment.
  public init(_ text: String, _ catalog: Catalog = .standard) {
    let folder = RunFolder(text)
    self =
      folder.holdsRun ? .run(folder) : .beginning(Configuration(environment: text, catalog: catalog))
  }

  /// The settings of the run, or those that the environment begins with.
  func configuration(_ catalog: Catalog) throws(ExperimentError) -> Configuration {
    switch self {
    case .beginning(let configuration): configuration
    case .run(let folder): try Configuration.ofRun(folder, catalog)
    }
  }
}

/// How a policy is looked at outside of training: the streams, the lanes, and what is changed of the run's settings.
public struct EvaluationPlan {
  /// The seed of the streams, which training never uses.
  public var seed: UInt64
  /// How many environments side by side.
  public var lanes: Int
  /// What names mean, and the Python of hosted environments.
  public var host: Host
  /// The command line's changes of the run's settings.
  public var change: (inout Configuration) throws(ExperimentError) -> Void

  /// Describes an evaluation.
  public init(
    seed: UInt64 = 1, lanes: Int = 1, host: Host,
    overriding change: @escaping (inout Configuration) throws(ExperimentError) -> Void = { _ in }
  ) {
    (self.seed, self.lanes, self.host, self.change) = (seed, lanes, host, change)
  }

  /// The settings of a subject, with the changes.
  func configuration(of subject: PolicySubject) throws(ExperimentError) -> Configuration {
    var configuration = try subject.configuration(host.catalog)
    try change(&configuration)
    return configuration
  }
}

/// A policy with its parameters, in its environment, on streams that training never uses.
struct OpenedPolicy {
  let configuration: Configuration
  let environment: OpenedEnvironment
  let policy: Policy
  let parameters: Parameters

  init(_ subject: PolicySubject, _ plan: EvaluationPlan) throws(ExperimentError) {
    try self.init(subject, try plan.configuration(of: subject), plan)
  }

  /// The same with a configuration that was made from the subject's already.
  init(
    _ subject: PolicySubject, _ configuration: Configuration, _ plan: EvaluationPlan
  ) throws(ExperimentError) {
    self.configuration = configuration
    environment = try OpenedEnvironment(
      configuration, .evaluation(seed: plan.seed, lanes: plan.lanes), host: plan.host)
    policy = try configuration.policy(in: environment.lanes)
    let beginning = try configuration.initialParameters(of: policy)
    if case .run(let folder) = subject {
      parameters = try PolicyFile.load(from: folder, like: beginning, lanes: environment.lanes)
    } else {
      parameters = beginning
    }
  }
}
