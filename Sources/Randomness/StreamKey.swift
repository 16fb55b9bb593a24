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
    case interimEnvironment = 14
    case interimActions = 15
    case interimEmissions = 16
    case interimTransitions = 17
    case interimLaidEmissions = 18
    /// Settings that a sweep draws.
    case sweeps = 19

    /// The purpose of the emissions of episodes whose initial states have this purpose.
    public var ofEmissions: Purpose {
      switch self {
      case .environment: .emissions
      case .interimEnvironment: .interimEmissions
      default: .evaluationEmissions
      }
    }

    /// The purpose of the transitions of episodes whose initial states have this purpose.
    public var ofTransitions: Purpose {
      switch self {
      case .environment: .transitions
      case .interimEnvironment: .interimTransitions
      default: .evaluationTransitions
      }
    }

    /// The purpose of emissions that are laid over an environment, beside those of the environment that have this purpose.
    public var ofLaidEmissions: Purpose {
      switch self {
      case .emissions: .laidEmissions
      case .interimEmissions: .interimLaidEmissions
      default: .evaluationLaidEmissions
      }
    }
  }

  /// Makes the key of one stream.
  public init(seed: UInt64, purpose: Purpose, lane: UInt32 = 0, episode: UInt32 = 0) {
    self.seed = seed
    self.purpose = purpose
    self.lane = lane
    self.episode = episode
  }
}
