internal import AscentMathematics
public import AscentRandomness

/// The environment of a ``PartiallyObservedProcess``: its emissions are observed as one-hot vectors, its state is
/// hidden.
///
/// Initial states, transitions and emissions have separate streams.
public final class PartiallyObservedEnvironment: Environment, HiddenState, RandomTransitions,
  RandomEmissions, ContractKeeper
{
  /// True: its observations are always in their space.
  public var keepsContract: Bool { true }
  /// The space of observations.
  public let observationSpace: Space
  /// The space of actions.
  public let actionSpace: Space
  /// The current state of the process, which the policy does not observe.
  public var state: Int { hidden.state }
  /// The index of the current state.
  public var hiddenState: [Float]? { [Float(state)] }

  private let hidden: TabularEnvironment
  private let observationCount: Int
  private let stateCount: Int
  private let size: Int
  private let emissions: [Categorical]
  private let initialEmissions: [Categorical]
  private let stream: RandomStream
  private var unseen: [Float]

  /// Makes an environment from the tables.
  ///
  /// - Throws: ``RandomnessError`` when the generator cannot be opened.
  public init(
    _ process: PartiallyObservedProcess, generator: RandomGenerator = .philox
  ) throws(RandomnessError) {
    hidden = try TabularEnvironment(process.process, generator: generator)
    (observationCount, stateCount) = (process.observationCount, process.process.stateCount)
    emissions = try Self.rows(process.emission, process.observationCount)
    initialEmissions = try Self.rows(process.initialEmission, process.observationCount)
    stream = try RandomStream(StreamKey(seed: 0, purpose: .emissions), generator: generator)
    unseen = Array(repeating: 0, count: Space.choiceSize(process.process.stateCount))
    size = Space.choiceSize(process.observationCount)
    observationSpace = .discrete(process.observationCount)
    actionSpace = .discrete(process.process.actionCount)
  }

  private static func rows(_ table: [Double], _ count: Int) throws(RandomnessError) -> [Categorical] {
    var rows: [Categorical] = []
    for first in stride(from: 0, to: table.count, by: count) {
      rows.append(try Categorical(weights: Array(table[first..<first + count])))
    }
    return rows
  }

  /// Restarts the stream of emissions at `key`.
  public func drawEmissions(from key: StreamKey) { stream.restart(at: key) }

  /// Draws s₁ ~ p(s₁) and o₁ ~ p(o₁∣s₁).
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    Require.count(observation.count, of: "observation", is: size, "the environment's observationSize")
    try hidden.reset(key, into: &unseen)
    emit(initialEmissions[state], into: &observation)
  }

  /// Restarts the stream of transitions at `key`; the stream of emissions is unchanged.
  public func drawTransitions(from key: StreamKey) { hidden.drawTransitions(from: key) }

  /// Draws s′ ~ p(s′∣s, a) and o′ ~ p(o′∣a, s′).
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Require.count(observation.count, of: "observation", is: size, "the environment's observationSize")
    let step = try hidden.step(action, into: &unseen)
    emit(emissions[Int(action[0]) * stateCount + state], into: &observation)
    return step
  }

  private func emit(_ distribution: Categorical, into observation: inout MutableSpan<Float>) {
    let o = distribution.sample(from: stream)
    Space.writeOneHot(o, of: observationCount, at: 0, into: &observation)
  }
}
