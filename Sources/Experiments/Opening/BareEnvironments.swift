package import AscentEnvironments

/// The lanes' environments before emissions, frame stacks and other wrappers are added.
package struct BareEnvironments {
  /// The environment of each lane.
  package var environments: [any Environment] = []
  /// The vector environments that step them, if any.
  package var vectors: [any EnvironmentVector] = []
  /// The number of steps after which an episode is truncated; nil if unknown.
  package var horizon: Int?
  /// Returns the tables of a finite process, or nil; those of a hosted environment are read on the call.
  package var process: () -> MarkovDecisionProcess? = { nil }
  /// Names and versions of everything that affects the results.
  package var versions: [(String, String)]
  /// Notices for the user.
  package var notices: [String] = []
  /// The wrappers that truncate an episode when the environment fails.
  package var tolerant: [FaultTruncation] = []
  /// The interpreter of hosted environments.
  package var runtime: (any HostedRuntime)?

  /// Adds the environment of the next lane; with `toleratesFaults`, a fault in a step ends its episode, not the run.
  package mutating func add(_ environment: any Environment, toleratesFaults: Bool) {
    guard toleratesFaults else { return environments.append(environment) }
    let tolerant = FaultTruncation(environment)
    self.tolerant.append(tolerant)
    environments.append(tolerant)
  }

  /// Makes a value without environments.
  package init(versions: [(String, String)]) { self.versions = versions }
}
