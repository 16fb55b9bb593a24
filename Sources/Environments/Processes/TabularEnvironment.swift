internal import AscentMathematics
public import AscentRandomness

/// The environment of a ``MarkovDecisionProcess``: transitions are drawn, the state is observed as a one-hot vector.
public final class TabularEnvironment: Environment, RandomTransitions, ContractKeeper {
  /// True: its observations are always in their space.
  public var keepsContract: Bool { true }
  /// The space of observations.
  public let observationSpace: Space
  /// The space of actions.
  public let actionSpace: Space
  /// The current state of the process.
  public private(set) var state = 0

  private let process: MarkovDecisionProcess
  private let size: Int
  private let initial: Categorical
  private let transitions: [Categorical]
  private let stream: RandomStream

  /// Makes an environment from the tables.
  ///
  /// - Throws: ``RandomnessError`` when the generator cannot be opened.
  public init(
    _ process: MarkovDecisionProcess, generator: RandomGenerator = .philox
  ) throws(RandomnessError) {
    (self.process, size) = (process, Space.choiceSize(process.stateCount))
    initial = try Categorical(weights: process.initial)
    var rows: [Categorical] = []
    for row in 0..<process.stateCount * process.actionCount {
      let from = row * process.stateCount
      rows.append(try Categorical(weights: Array(process.transition[from..<from + process.stateCount])))
    }
    transitions = rows
    stream = try RandomStream(StreamKey(seed: 0, purpose: .environment), generator: generator)
    observationSpace = .discrete(process.stateCount)
    actionSpace = .discrete(process.actionCount)
  }

  /// Draws s₁ ~ p(s₁).
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    Require.count(observation.count, of: "observation", is: size, "the environment's observationSize")
    stream.restart(at: key)
    state = initial.sample(from: stream)
    Space.writeOneHot(state, of: process.stateCount, at: 0, into: &observation)
  }

  /// Restarts the stream of transitions at `key`.
  public func drawTransitions(from key: StreamKey) { stream.restart(at: key) }

  /// Draws s′ ~ p(s′∣s, a).
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Require.count(action.count, of: "action", is: 1)
    Require.count(observation.count, of: "observation", is: size, "the environment's observationSize")
    let a = Require.choice(action[0], of: "action", below: process.actionCount)
    let next = transitions[state * process.actionCount + a].sample(from: stream)
    let reward = process.reward[process.index(state, a, next)]
    state = next
    Space.writeOneHot(state, of: process.stateCount, at: 0, into: &observation)
    return Step(reward: reward, end: process.terminal[next] ? .terminated : nil)
  }
}
