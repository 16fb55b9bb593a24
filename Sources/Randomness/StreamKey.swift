/// The key of one random stream: equal keys give equal numbers, unequal keys give unrelated ones.
///
/// Every random number of a run comes from a stream with such a key. Any draw can therefore be reproduced without
/// reproducing the draws before it.
public struct StreamKey: Hashable, Sendable {
  /// The seed of the run.
  public var seed: UInt64
  /// The use of the numbers.
  public var purpose: Purpose
  /// The lane that the numbers are drawn for.
  public var lane: UInt32
  /// The index of that lane's episode.
  public var episode: UInt32

  /// The use of a stream's numbers.
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
    /// Settings that a sweep draws.
    case sweeps = 14
  }

  /// Makes the key of one stream.
  public init(seed: UInt64, purpose: Purpose, lane: UInt32 = 0, episode: UInt32 = 0) {
    self.seed = seed
    self.purpose = purpose
    self.lane = lane
    self.episode = episode
  }
}
