internal import AscentMathematics

/// The buffers for acting in several lanes at once, and the state that carries over from one step to the next.
///
/// Row k belongs to the kth of the lanes that act.
public struct Acting {
  /// The observations, [row × feature]; the caller writes them.
  public var observations: [Float]
  /// The observations as bytes, [row × feature], if ``readsPixels``.
  package var pixels: [UInt8] = []
  /// True if the policy acts on ``pixels`` instead of ``observations``.
  package var readsPixels = false
  /// The actions, [row × value].
  public internal(set) var actions: [Float]
  /// log π(a∣o) of the drawn actions, [row].
  public internal(set) var logProbabilities: [Double]
  /// V(o), [row], if the policy ``Policy/findsValuesWhileActing`` and the actions were drawn.
  package internal(set) var values: [Double]
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
  ///   - explorationSteps: the number of steps after which an exploring factor's noise is drawn again; with 0, only
  ///     ``Exploration/restart()`` causes a new draw.
  ///   - parts: the networks whose recurrent state is updated; include the critic if values are needed later.
  public init(
    _ policy: Policy, laneCount: Int, explorationSteps: Int = 0, remembering parts: Policy.Parts = .actor
  ) {
    Require.number(laneCount, of: "number of lanes", from: 0)
    observations = Array(repeating: 0, count: laneCount * policy.observationSize)
    actions = Array(repeating: 0, count: laneCount * policy.actionSize)
    logProbabilities = Array(repeating: 0, count: laneCount)
    values = policy.findsValuesWhileActing ? logProbabilities : []
    memory = Memory(policy, laneCount: laneCount)
    exploration = Exploration(interval: explorationSteps)
    workspace = policy.makeWorkspace(rows: laneCount)
    self.parts = parts
  }

  /// Ends the program unless these buffers are a policy's, and have room for these lanes.
  ///
  /// That each lane has a stream is required where it is drawn from.
  func require(for policy: Policy, _ lanes: [Int]) {
    workspace.require(for: policy)
    Require.count(
      logProbabilities.count, of: "buffers for acting", atLeast: lanes.count, "one for each lane that acts")
    Require.count(
      observations.count, of: "observations", atLeast: lanes.count * policy.observationSize,
      "the policy's observationSize for each lane that acts")
    guard policy.remembers else { return }
    Require.count(memory.size, of: "state of a lane's memory", is: policy.stateSize, "the policy's stateSize")
    for lane in lanes { Require.index(lane, of: "lane", in: 0..<memory.laneCount) }
  }
}
