internal import Mathematics
public import Randomness

/// The buffers for acting in several lanes at once, and the state that carries over from one step to the next.
///
/// Row k belongs to the kth of the lanes that act.
public struct Acting {
  /// The observations, [row × feature]; the caller writes them.
  public var observations: [Float]
  /// The actions, [row × value].
  public internal(set) var actions: [Float]
  /// log π(a∣o) of the drawn actions, [row].
  public internal(set) var logProbabilities: [Double]
  /// The states of the recurrent layers, of all lanes.
  public var memory: Memory
  /// The noise matrices of exploring factors, of all lanes.
  public var exploration: Exploration
  var workspace: Workspace
  /// The networks whose recurrent state is updated.
  let parts: Policy.Parts

  /// Allocates the buffers for a policy that acts in lanes 0 to `laneCount` − 1.
  ///
  /// - Parameters:
  ///   - policy: the policy.
  ///   - laneCount: the number of lanes.
  ///   - explorationSteps: the number of steps after which an exploring factor's noise is drawn again; 0 for never.
  ///   - parts: the networks whose recurrent state is updated; include the critic if values are needed later.
  public init(
    _ policy: Policy, laneCount: Int, explorationSteps: Int = 0, remembering parts: Policy.Parts = .actor
  ) {
    observations = Array(repeating: 0, count: laneCount * policy.observationSize)
    actions = Array(repeating: 0, count: laneCount * policy.actionSize)
    logProbabilities = Array(repeating: 0, count: laneCount)
    memory = Memory(policy, laneCount: laneCount)
    exploration = Exploration(interval: explorationSteps)
    workspace = policy.makeWorkspace(rows: laneCount)
    self.parts = parts
  }
}

extension Policy {
  /// Chooses an action for each of some lanes, given the lane's observations.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - lanes: the lanes that act; row k of `acting.observations` is the observation of the kth of them.
  ///   - streams: the stream of each lane, from which a ~ π(·∣o) is drawn in the order of the rows; nil for the most
  ///     probable action.
  ///   - acting: the observations, and the output: the actions and, if they were drawn, log π(a∣o).
  public func act(
    _ θ: Parameters, for lanes: [Int], drawing streams: [RandomStream]?, in acting: inout Acting
  ) {
    evaluate(θ, for: lanes, in: &acting)
    // The buffers are moved out while they are written, so that the workspace can be read.
    var actions = acting.actions
    acting.actions = []
    defer { acting.actions = actions }
    guard let streams else {
      var span = actions.mutableSpan
      for factor in factors {
        factor.family.mode(factor.rows(lanes.count), acting.workspace.head, into: &span)
      }
      return
    }
    if explores { explore(θ, lanes, streams, in: &acting) }
    let draws = ActionDraws(lanes: lanes, streams: streams, noise: acting.workspace.noise)
    var span = actions.mutableSpan
    for factor in factors {
      factor.family.sample(factor.rows(lanes.count), acting.workspace.head, drawing: draws, into: &span)
    }
    var logProbabilities = acting.logProbabilities
    acting.logProbabilities = []
    defer { acting.logProbabilities = logProbabilities }
    var logs = logProbabilities.mutableSpan
    readLogProbabilities(of: actions.span, in: acting.workspace, into: &logs)
  }

  /// Evaluates the actor for the lanes; a recurrent policy advances the lanes' states by one step.
  private func evaluate(_ θ: Parameters, for lanes: [Int], in acting: inout Acting) {
    let observations = acting.observations
    let rows = observations.span.extracting(0..<lanes.count * observationSize)
    guard remembers else { return forward(θ, on: rows, rows: lanes.count, .actor, in: &acting.workspace) }
    let sequences = acting.memory.takeSequences(of: lanes)
    forward(θ, on: rows, rows: lanes.count, acting.parts, along: sequences, in: &acting.workspace)
    acting.memory.giveBack(sequences)
    actor.keepState(of: lanes, in: acting.workspace.actor, into: &acting.memory)
    if let critic, acting.parts.contains(.critic) {
      critic.keepState(of: lanes, in: acting.workspace.critic, into: &acting.memory)
    }
  }

  /// Writes φᵀ ε of each row, after drawing the matrices ε that are due.
  private func explore(_ θ: Parameters, _ lanes: [Int], _ streams: [RandomStream], in acting: inout Acting) {
    let (latent, size) = (latent(in: acting.workspace), actor.latentSize)
    for (row, lane) in lanes.enumerated() {
      if acting.exploration.isDue(lane) {
        acting.exploration.draw(
          θ.values.span.extracting(factorStart..<actorRange.upperBound), lane, streams[lane])
      }
      for factor in factors where factor.layout.isExploring {
        let (n, first) = (factor.valueCount, factor.parameter - factorStart)
        for k in 0..<n {
          var sum: Float = 0
          for j in 0..<size {
            sum += latent[row * size + j] * acting.exploration.matrices[lane][first + j * n + k]
          }
          acting.workspace.noise[factor.values[row] + k] = sum
        }
      }
    }
  }
}
