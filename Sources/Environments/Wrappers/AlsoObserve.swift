internal import AscentMathematics
public import AscentRandomness
public import AscentRegistries

/// A wrapper that adds the previous action, the previous reward, or the time to each observation.
///
/// After the features of the wrapped environment come, in this order, the previous action (flattened; zeros at first),
/// the previous reward (0 at first), and the elapsed fraction of the time limit, from 0 to 1.
public final class AlsoObserve: EnvironmentWrapper, ContractKeeper {
  /// The quantities that can be added.
  public enum Part: String, Sendable, CaseIterable {
    case action, reward, time
  }

  /// The space of the extended observations.
  public let observationSpace: Space
  /// The wrapped environment.
  public let base: any Environment
  /// True if the wrapped environment is checked.
  public var keepsContract: Bool { base.isChecked }
  private let parts: Set<Part>
  private let limit: Double
  private let mask: Int
  private let size: Int
  private var steps = 0.0
  private var below: [Float]
  private var previousAction: [Float]
  /// The floats that stand for no action.
  private let noAction: [Float]

  /// Adds `parts` to the observations of `base`, whose episodes have at most `limit` steps.
  ///
  /// Only the time depends on `limit`.
  public init(_ base: any Environment, _ parts: Set<Part>, limit: Int) {
    self.base = base
    self.parts = parts
    self.limit = Double(max(1, limit))
    mask = base.maskSize
    var space = base.observationSpace
    if parts.contains(.action) {
      space.leaves += base.actionSpace.leaves.map { leaf in
        let hasPath = !leaf.path.isEmpty || leaf.keys != nil
        var appended = Space.Leaf(path: hasPath ? "action.\(leaf.path)" : "action", kind: leaf.kind)
        appended.keys = leaf.keys.map { [.text("action")] + $0 }
        return appended
      }
    }
    if parts.contains(.reward) { space.leaves.append(Self.number("reward", -.infinity, .infinity)) }
    if parts.contains(.time) { space.leaves.append(Self.number("time", 0, 1)) }
    (observationSpace, size) = (space, space.flattenedSize + mask)
    below = Array(repeating: 0, count: base.observationSize)
    noAction = base.actionSpace.flattenedNothing
    previousAction = noAction
  }

  private static func number(_ path: String, _ low: Double, _ high: Double) -> Space.Leaf {
    Space.Leaf(path: path, kind: .box(shape: [1], low: [low], high: [high], element: .float32))
  }

  /// Starts the episode of `key` in the wrapped environment.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &below)
    steps = 0
    for k in previousAction.indices { previousAction[k] = noAction[k] }
    write(reward: 0, into: &observation)
  }

  /// Takes one step in the wrapped environment, and adds the action and its reward to the observation.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    let step = try base.step(action, into: &below)
    steps += 1
    if parts.contains(.action) {
      base.actionSpace.flatten(action, into: &previousAction)
    }
    write(reward: Float(step.reward), into: &observation)
    return step
  }

  private func write(reward: Float, into observation: inout MutableSpan<Float>) {
    Require.count(observation.count, of: "observation", is: size, "the environment's observationSize")
    let features = below.count - mask
    for k in 0..<features { observation[k] = below[k] }
    var next = features
    if parts.contains(.action) {
      for x in previousAction {
        observation[next] = x
        next += 1
      }
    }
    if parts.contains(.reward) {
      observation[next] = reward
      next += 1
    }
    if parts.contains(.time) {
      observation[next] = Float(steps / limit)
      next += 1
    }
    for k in 0..<mask { observation[next + k] = below[features + k] }
  }
}

extension AlsoObserve.Part: NamedChoice {
  /// A description in one line.
  public var help: String {
    switch self {
    case .action: "the previous action, flattened; zeros at first"
    case .reward: "the previous reward; 0 at first"
    case .time: "the elapsed fraction of the time limit"
    }
  }
}
