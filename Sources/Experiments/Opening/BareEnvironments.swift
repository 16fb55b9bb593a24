internal import AscentEnvironments
internal import AscentPythonEnvironments

/// The lanes' environments before emissions, frame stacks and other wrappers are added.
struct BareEnvironments {
  /// The environment of each lane.
  var environments: [any Environment] = []
  /// The vector environments that step them, if any.
  var vectors: [any EnvironmentVector] = []
  /// The number of steps after which an episode is truncated; nil if unknown.
  var horizon: Int?
  /// Returns the tables of a finite process, or nil; those of a hosted environment are read on the call.
  var process: () -> MarkovDecisionProcess? = { nil }
  /// Names and versions of everything that affects the results.
  var versions: [(String, String)]
  /// Notices for the user.
  var notices: [String] = []
  /// The wrappers that truncate an episode when the environment fails.
  var tolerant: [FaultTruncation] = []
  /// The Python interpreter of hosted environments.
  var interpreter: Interpreter?
}
