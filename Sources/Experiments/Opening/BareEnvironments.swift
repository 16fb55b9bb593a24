internal import Environments
internal import PythonEnvironments

/// The environments of the lanes as they are opened, before anything is put around them.
struct BareEnvironments {
  /// One for each lane.
  var environments: [any Environment] = []
  /// The vectors that step them.
  var vectors: [any EnvironmentVector] = []
  /// The number of steps after which an episode is truncated, or nil where that is not known.
  var horizon: Int?
  /// Reads the tables of the process, where there are any: a hosted environment's only when somebody asks.
  var process: () -> MarkovDecisionProcess? = { nil }
  /// Names and versions that decide its bits.
  var versions: [(String, String)]
  /// What a user should know.
  var notices: [String] = []
  /// The wrappers that end an episode where the environment fails.
  var tolerant: [FaultTruncation] = []
  /// The Python that hosts them.
  var interpreter: Interpreter?
}
