/// The address of one random stream: equal keys give equal numbers, unequal keys give unrelated ones.
///
/// Every random number of a run comes from a stream that such a key names, so a draw can be found again
/// without drawing what came before it.
public struct StreamKey: Hashable, Sendable {
  /// The seed of the run.
  public var seed: UInt64
  /// What the numbers are for.
  public var purpose: Purpose
  /// The lane that draws.
  public var lane: UInt32
  /// The episode of that lane.
  public var episode: UInt32

  /// What the numbers of a stream are for.
  ///
  /// The raw values are part of the run format: never reuse one.
  public enum Purpose: UInt8, Sendable, CaseIterable {
    case parameters = 1
    case actions = 2
    case environment = 3
    case emissions = 4
    case minibatches = 5
    case bootstrap = 6
    case evaluationActions = 7
    case evaluationEnvironment = 8
    case evaluationEmissions = 9
    case transitions = 10
    case evaluationTransitions = 11
    case laidEmissions = 12
    case evaluationLaidEmissions = 13
  }

  /// Makes the key of one stream.
  public init(seed: UInt64, purpose: Purpose, lane: UInt32 = 0, episode: UInt32 = 0) {
    self.seed = seed
    self.purpose = purpose
    self.lane = lane
    self.episode = episode
  }
}
