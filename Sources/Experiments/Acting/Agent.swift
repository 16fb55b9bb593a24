public import AscentEnvironments
internal import AscentMathematics
internal import AscentPolicies
internal import AscentPolicyGradients
public import AscentRandomness
internal import Synchronization

/// A trained policy that acts by itself: an observation in, an action out.
///
/// It has the memory of an episode (a recurrent state, stacked observations, the previous action) and forgets it at
/// ``begin()``. Its actions are those of ``Evaluation`` and `ascent sample`, bit for bit. Observations are not checked:
/// from NaN comes an arbitrary action. An agent can be called from any thread, by one at a time; each of several episodes
/// at once needs an agent of its own.
public final class Agent: Sendable {
  /// The rule by which actions are chosen.
  public enum Choice: Sendable {
    /// The most probable action.
    case mode
    /// Actions drawn from the policy: those of the lane `lane` of an evaluation with this seed.
    case drawn(seed: UInt64, lane: Int = 0)
  }

  /// The observations of the environment, after its emissions.
  public let observationSpace: Space
  /// The actions.
  public let actionSpace: Space
  /// The number of floats of the mask of allowed choices; 0 if all are always allowed.
  public let maskSize: Int
  private let state: Mutex<State>

  /// Makes an agent in its first episode.
  ///
  /// - Parameters:
  ///   - saved: the policy.
  ///   - choice: the rule by which actions are chosen.
  ///   - timeLimit: the number of steps of the longest episode, for policies that observe the time.
  ///   - explorationSteps: `policy.exploration_steps` of the run, for drawn actions of gSDE.
  ///   - generator: `random.generator` of the run, for drawn actions.
  /// - Throws: ``ExperimentError/usage(_:)`` for a limit below 1, or none where the policy observes the time.
  public init(
    _ saved: SavedPolicy, choosing choice: Choice = .mode, timeLimit: Int? = nil, explorationSteps: Int = 0,
    generator: RandomGenerator = .philox
  ) throws(ExperimentError) {
    let description = saved.description
    (observationSpace, actionSpace) = (description.observationSpace, description.actionSpace)
    maskSize = description.maskSize
    let observesTime = description.alsoObserve.contains { $0.path == "time" }
    guard timeLimit ?? (observesTime ? 0 : 1) > 0 else {
      let reason = observesTime ? "; the policy observes the time" : ""
      throw .usage("an agent's timeLimit is the steps of the longest episode, at least 1\(reason)")
    }
    do {
      state = Mutex(
        try State(saved, choice, generator, timeLimit: timeLimit ?? 1, explorationSteps: explorationSteps))
    } catch {
      throw ExperimentError(error)
    }
  }

  /// Makes an agent of a run, or of another folder with policy.json and policy.safetensors; no environment is opened.
  ///
  /// Drawn actions have the generator and the exploration of the folder's run.toml, if there is one.
  ///
  /// - Throws: ``ExperimentError``, as ``init(_:choosing:timeLimit:explorationSteps:generator:)`` and
  ///   ``SavedPolicy/init(contentsOf:catalog:)``.
  public convenience init(
    contentsOf folder: RunFolder, choosing choice: Choice = .mode, timeLimit: Int? = nil,
    catalog: Catalog = .standard
  ) throws(ExperimentError) {
    let run = folder.containsRun ? try Configuration.ofRun(folder, catalog) : nil
    try self.init(
      SavedPolicy(contentsOf: folder, catalog: catalog), choosing: choice, timeLimit: timeLimit,
      explorationSteps: run?.algorithm.explorationSteps ?? 0, generator: run?.generator ?? .philox)
  }

  /// Begins an episode: forgets the last one.
  public func begin() { state.withLock { $0.begin() } }

  /// Chooses an action, without allocating memory.
  ///
  /// - Parameters:
  ///   - observation: `observationSpace.flattenedSize` floats, then `maskSize` floats: 1 for an allowed choice, else 0.
  ///   - reward: the reward of the last step, for policies that observe it.
  ///   - action: `actionSpace.valueCount` floats, which are overwritten with the action that the environment gets.
  public func act(
    _ observation: Span<Float>, reward: Double = 0, into action: inout MutableSpan<Float>
  ) {
    Require.count(
      observation.count, of: "observation", is: observationSpace.flattenedSize + maskSize,
      "the policy's features and mask")
    Require.count(action.count, of: "action", is: actionSpace.valueCount)
    state.withLock { $0.act(observation, Float(reward), into: &action) }
  }

  /// Chooses an action.
  ///
  /// - Parameters:
  ///   - observation: `observationSpace.flattenedSize` floats, then the mask, if there is one.
  ///   - reward: the reward of the last step, for policies that observe it.
  /// - Returns: `actionSpace.valueCount` floats: an index is one float.
  public func act(_ observation: [Float], reward: Double = 0) -> [Float] {
    var action = Array(repeating: Float(0), count: actionSpace.valueCount)
    var span = action.mutableSpan
    act(observation.span, reward: reward, into: &span)
    return action
  }

  /// The actor's recurrent state after the last observation; empty for a policy without one.
  public var memory: [Float] { state.withLock { Array($0.acting.memory.actor(lane: 0)) } }
}

extension Agent {
  /// The agent's memory of its episode, and the buffers with which it acts.
  private struct State {
    var acting: Acting
    private let saved: SavedPolicy
    private let choice: Choice
    private let bounds: ActionBounds
    private let streams: [RandomStream]?
    private let timeLimit: Double
    /// The observation of the environment and what is appended, without the mask.
    private var features: [Float]
    private var stacks: [StackedObservations]
    private var previousAction: [Float]
    private let noAction: [Float]
    private var applied: [Float]
    private var episode: UInt32 = 0
    private var steps = 0
    private let observesAction, observesReward, observesTime: Bool
    private let lane = [0]

    init(
      _ saved: SavedPolicy, _ choice: Choice, _ generator: RandomGenerator, timeLimit: Int,
      explorationSteps: Int
    ) throws(RandomnessError) {
      let description = saved.description
      (self.saved, self.choice, self.timeLimit) = (saved, choice, Double(max(1, timeLimit)))
      acting = Acting(saved.policy, laneCount: 1, explorationSteps: explorationSteps)
      bounds = ActionBounds(description.actionSpace)
      switch choice {
      case .mode: streams = nil
      case .drawn(let seed, let lane):
        Require.index(lane, of: "lane", in: 0..<Int(UInt32.max))
        let key = StreamKey(seed: seed, purpose: .evaluationActions, lane: UInt32(lane), episode: 0)
        streams = [try RandomStream(key, generator: generator)]
      }
      let paths = description.alsoObserve.map(\.path)
      (observesReward, observesTime) = (paths.contains("reward"), paths.contains("time"))
      observesAction = paths.contains { $0 == "action" || $0.hasPrefix("action.") }
      noAction = observesAction ? description.actionSpace.flattenedNothing : []
      previousAction = noAction
      let appended = noAction.count + (observesReward ? 1 : 0) + (observesTime ? 1 : 0)
      var size = description.observationSpace.flattenedSize + appended
      features = Array(repeating: 0, count: size)
      stacks = []
      for stack in description.stacks {
        stacks.append(StackedObservations(stack, of: size))
        size *= stack.frames
      }
      applied = Array(repeating: 0, count: description.actionSpace.valueCount)
    }

    mutating func begin() {
      guard steps > 0 else { return }
      steps = 0
      episode += 1
      acting.memory.forget(0)
      acting.exploration.restart()
      for k in previousAction.indices { previousAction[k] = noAction[k] }
      if case .drawn(let seed, let lane) = choice {
        streams?[0].restart(
          at: StreamKey(seed: seed, purpose: .evaluationActions, lane: UInt32(lane), episode: episode))
      }
    }

    mutating func act(_ observation: Span<Float>, _ reward: Float, into action: inout MutableSpan<Float>) {
      observe(observation, reward)
      saved.policy.act(saved.parameters, for: lane, drawing: streams, in: &acting)
      // The buffers are moved out while they are written.
      var (applied, previous) = ([Float](), [Float]())
      swap(&applied, &self.applied)
      swap(&previous, &previousAction)
      bounds.clamp(saved.policy, acting.actions.span, into: &applied)
      for k in applied.indices { action[k] = applied[k] }
      if observesAction { saved.description.actionSpace.flatten(applied.span, into: &previous) }
      swap(&applied, &self.applied)
      swap(&previous, &previousAction)
      steps += 1
    }

    /// Writes the observation that the policy receives.
    private mutating func observe(_ observation: Span<Float>, _ reward: Float) {
      let size = saved.description.observationSpace.flattenedSize
      for k in 0..<size { features[k] = observation[k] }
      var next = size
      if observesAction {
        for x in previousAction {
          features[next] = x
          next += 1
        }
      }
      if observesReward {
        features[next] = steps == 0 ? 0 : reward
        next += 1
      }
      if observesTime { features[next] = Float(Double(steps) / timeLimit) }
      write(observation, from: size)
    }

    /// Passes the features through the stacks; the mask comes after them.
    private mutating func write(_ observation: Span<Float>, from mask: Int) {
      for n in stacks.indices {
        if n == 0 {
          stacks[n].push(features, isFirst: steps == 0)
        } else {
          stacks[n].push(stacks[n - 1].values, isFirst: steps == 0)
        }
      }
      let count = saved.policy.featureSize
      if let last = stacks.indices.last {
        for k in 0..<count { acting.observations[k] = stacks[last].values[k] }
      } else {
        for k in 0..<count { acting.observations[k] = features[k] }
      }
      for k in mask..<observation.count { acting.observations[count + k - mask] = observation[k] }
    }
  }
}

/// The latest observations, as ``FrameStack`` stacks them.
private struct StackedObservations {
  private(set) var values: [Float]
  private let shape: ObservationStages.Stack

  init(_ shape: ObservationStages.Stack, of size: Int) {
    self.shape = shape
    values = Array(repeating: 0, count: size * shape.frames)
  }

  /// Adds the newest observation; the first one of an episode is every frame.
  mutating func push(_ newest: [Float], isFirst: Bool) {
    let (run, width) = (shape.run, shape.run * shape.frames)
    for (n, start) in stride(from: 0, to: values.count, by: width).enumerated() {
      if !isFirst { for k in start..<start + width - run { values[k] = values[k + run] } }
      for frame in (isFirst ? 0 : shape.frames - 1)..<shape.frames {
        for k in 0..<run { values[start + frame * run + k] = newest[n * run + k] }
      }
    }
  }
}
