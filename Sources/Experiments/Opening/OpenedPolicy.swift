internal import AscentEnvironments
internal import AscentPolicies

/// The source of a policy: a run, or the initial policy of training in an environment.
public enum PolicySubject: Sendable {
  /// The policy of a run, in the run's environment.
  case run(RunFolder)
  /// The initial policy of a configuration.
  case beginning(Configuration)

  /// Reads RUN or ENV: a folder with a run.toml is a run, everything else names an environment.
  public init(_ text: String, _ catalog: Catalog = .standard) {
    let folder = RunFolder(text)
    self =
      folder.containsRun ? .run(folder) : .beginning(Configuration(environment: text, catalog: catalog))
  }

  /// The settings of the run, or the given configuration.
  func configuration(_ catalog: Catalog) throws(ExperimentError) -> Configuration {
    switch self {
    case .beginning(let configuration): configuration
    case .run(let folder): try Configuration.ofRun(folder, catalog)
    }
  }
}

/// The conditions of an evaluation: the seed of its streams, the lanes, and changes of the run's settings.
public struct EvaluationPlan {
  /// The seed of the streams; training uses streams of other purposes.
  public var seed: UInt64
  /// The number of lanes.
  public var lanes: Int
  /// The catalog of names, and the Python of hosted environments.
  public var host: Host
  /// The number of steps after which an episode is cut; nil if an episode that does not end is an error.
  public var limit: Int?
  /// Called before each step; when it returns true, the evaluation ends with ``ExperimentError/interrupted``.
  public var isInterrupted: () -> Bool = { false }
  /// Called with notices for the user, such as that the run is not finished.
  public var tell: (String) -> Void = { _ in }
  /// Called with what the user must know: that code of the run has changed.
  public var warn: (String) -> Void = { _ in }
  /// Called with each environment that is opened; it can keep it open until results are written.
  public var keep: (OpenedEnvironment) -> Void = { _ in }
  /// Applies the command line's changes to the run's settings.
  public var change: (inout Configuration) throws(ExperimentError) -> Void

  /// Makes a plan.
  public init(
    seed: UInt64 = 1, lanes: Int = 1, host: Host,
    overriding change: @escaping (inout Configuration) throws(ExperimentError) -> Void = { _ in }
  ) {
    (self.seed, self.lanes, self.host, self.change) = (seed, lanes, host, change)
  }

  /// The settings of a subject with ``change`` applied.
  func configuration(of subject: PolicySubject) throws(ExperimentError) -> Configuration {
    var configuration = try subject.configuration(host.catalog)
    try change(&configuration)
    if case .run = subject { try configuration.checkFiles() }
    return configuration
  }
}

/// A policy with its parameters, in its environment, on streams that training never uses.
struct OpenedPolicy {
  let configuration: Configuration
  let environment: OpenedEnvironment
  let policy: Policy
  let parameters: Parameters
  /// The steps that the policy of a run has learned from; nil if it is not recorded.
  let steps: Int?

  init(_ subject: PolicySubject, _ plan: EvaluationPlan) throws(ExperimentError) {
    try self.init(subject, try plan.configuration(of: subject), plan)
  }

  /// Opens a policy with a configuration that was derived from the subject's.
  init(
    _ subject: PolicySubject, _ configuration: Configuration, _ plan: EvaluationPlan
  ) throws(ExperimentError) {
    self.configuration = configuration
    do throws(ExperimentError) {
      environment = try OpenedEnvironment(
        configuration, .evaluation(seed: plan.seed, lanes: plan.lanes), host: plan.host)
    } catch {
      guard case .run(let folder) = subject else { throw error }
      throw folder.explained(error)
    }
    plan.keep(environment)
    policy = try configuration.policy(in: environment.lanes)
    let beginning = try configuration.initialParameters(of: policy)
    if case .run(let folder) = subject {
      (parameters, steps) = try PolicyFile.load(from: folder, like: beginning, lanes: environment.lanes)
      try folder.checkDescription(
        PolicyDescription(
          policy, in: environment.lanes, environment: configuration.environment,
          emissions: configuration.emissions.map(\.typed)))
      for module in folder.changedModules(environment.runtime) {
        plan.warn(
          "the module \(module) has changed since \(folder.path) was made: its results are those of another environment"
        )
      }
      if let notice = folder.notice(ofPolicyAfter: steps, plan.host.catalog) { plan.tell(notice) }
    } else {
      (parameters, steps) = (beginning, nil)
    }
  }
}
