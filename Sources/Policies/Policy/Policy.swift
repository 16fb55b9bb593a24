public import Randomness

/// πθ(a∣o), a parametrized distribution of actions given an observation; and V(o), if it has a critic.
///
/// A policy is a value without parameters or memory of its own: both are handed in, so threads can share it. One with
/// a recurrent layer looks at ``Sequences``, and acts with a ``Memory``; o is then all that was observed so far.
/// Matrices are row-major, one row for each observation; the bits of a row do not depend on the others.
///
/// A row of observations holds the features, and then, where an environment says which choices are allowed, one
/// float for each choice: 1 or 0.
public struct Policy: Sendable {
  /// Floats per observation, the mask included.
  public let observationSize: Int
  /// How many of them are features.
  public let featureSize: Int
  /// Floats per action: 1 for an index.
  public let actionSize: Int
  /// What was asked for.
  public let architecture: Architecture
  /// θ of the actor: the network, and what its distributions have beside it.
  public let actorRange: Range<Int>
  /// θ of the critic; empty when there is none, or when it shares the actor's trunk.
  public let criticRange: Range<Int>
  /// Where each feature's mean and 1/deviation lie, after everything that is learned.
  public let standardRange: Range<Int>

  let actor: Network
  let critic: Network?
  let families: [any ActionFamily]
  let places: [FactorPlace]
  /// Whether an environment receives something else than what was drawn.
  private let alters: Bool
  let factors: [ActionFactor]
  let headSize: Int
  let freeStart: Int
  private let maskSize: Int

  /// Observations are held within so many deviations.
  static let standardBound: Float = 10

  /// Makes a policy.
  ///
  /// - Parameters:
  ///   - featureSize: floats per observation, without a mask.
  ///   - factors: what an action is made of.
  ///   - maskSize: 0, or one float for each choice of the categorical factors.
  ///   - architecture: the networks.
  /// - Throws: ``PolicyError`` when a size or a number is not possible.
  public init(
    featureSize: Int, factors: [ActionFactor], maskSize: Int = 0, architecture: Architecture = Architecture()
  ) throws(PolicyError) {
    try architecture.check()
    for factor in factors {
      guard factor.valueCount > 0, factor.outputCount > 0 else {
        throw .size(what: "number of actions", found: factor.valueCount, allowed: "at least 1")
      }
    }
    self.featureSize = featureSize
    self.maskSize = maskSize
    self.factors = factors
    self.architecture = architecture
    observationSize = featureSize + maskSize
    actionSize = factors.reduce(0) { $0 + $1.valueCount }
    headSize = factors.reduce(0) { $0 + $1.headCount }
    let outputs = factors.reduce(0) { $0 + $1.outputCount }
    actor = try architecture.network(
      "actor", inputs: featureSize, outputs: outputs + (architecture.critic == .shared ? 1 : 0),
      stateStart: 0, startingAt: 0)
    freeStart = actor.range.upperBound
    let latentSize = actor.latentSize
    let free = factors.reduce(0) { $0 + $1.freeCount(latentSize) }
    actorRange = 0..<freeStart + free
    critic =
      architecture.critic == .separate
      ? try architecture.network(
        "critic", inputs: featureSize, outputs: 1, stateStart: actor.memory?.stateSize ?? 0,
        startingAt: actorRange.upperBound) : nil
    criticRange = actorRange.upperBound..<(critic?.range.upperBound ?? actorRange.upperBound)
    standardRange = criticRange.upperBound..<criticRange.upperBound + 2 * featureSize
    var place = FactorPlace(head: 0, headSize: headSize, value: 0, actionSize: actionSize)
    (place.free, place.mask) = (freeStart, featureSize)
    places = factors.map { place.take($0, latentSize: latentSize, isMasked: maskSize > 0) }
    families = zip(factors, places).map { $0.family(at: $1) }
    alters = families.contains { $0.alters }
  }

  /// A policy over finitely many actions, without a critic.
  ///
  /// - Throws: ``PolicyError`` when a size is not possible.
  public static func categorical(
    observationSize: Int, actionCount: Int, hidden: [Int] = [64, 64]
  ) throws(PolicyError) -> Policy {
    try Policy(
      featureSize: observationSize, factors: [.categorical(actionCount)],
      architecture: Architecture(hidden: hidden))
  }

  /// A policy over real vectors with free deviations, without a critic.
  ///
  /// - Throws: ``PolicyError`` when a size is not possible or log σ not finite.
  public static func gaussian(
    observationSize: Int, actionSize: Int, hidden: [Int] = [64, 64], logDeviation: Double = 0
  ) throws(PolicyError) -> Policy {
    try Policy(
      featureSize: observationSize, factors: [.gaussian(actionSize)],
      architecture: Architecture(hidden: hidden, logDeviation: logDeviation))
  }

  /// Whether it estimates V.
  public var hasCritic: Bool { architecture.critic != .none }

  /// Whether it has a recurrent layer.
  public var remembers: Bool { actor.memory != nil }

  /// Floats that it remembers of one lane: of the actor's recurrent layer, then of the critic's own.
  public var stateSize: Int { (actor.memory?.stateSize ?? 0) + (critic?.memory?.stateSize ?? 0) }

  /// How many of them are the actor's.
  public var actorStateSize: Int { actor.memory?.stateSize ?? 0 }

  /// Whether observations are standardized before the networks see them.
  public var standardizes: Bool { architecture.standardizes || architecture.inputScale != 1 }

  /// Whether a matrix of noise explores; ``Exploration`` holds it.
  public var explores: Bool { factors.contains { $0.deviation == .exploring } }

  /// How many of the parameters are learned; the rest follow the observations.
  public var learnedCount: Int { standardRange.lowerBound }

  /// θ at the beginning, drawn from `stream`.
  public func initialParameters(from stream: RandomStream) -> Parameters {
    var slices = actor.slices
    var free = freeStart
    for (i, factor) in factors.enumerated() {
      let count = factor.freeCount(actor.latentSize)
      guard count > 0 else { continue }
      let name = factors.count == 1 ? "actor.log_deviation" : "actor.\(i).log_deviation"
      let shape =
        factor.deviation == .exploring ? [actor.latentSize, factor.valueCount] : [factor.valueCount]
      slices.append(Parameters.Slice(name, shape: shape, at: free))
      free += count
    }
    slices += critic?.slices ?? []
    if standardizes {
      let start = standardRange.lowerBound
      slices.append(Parameters.Slice("observations.mean", shape: [featureSize], at: start))
      slices.append(Parameters.Slice("observations.scale", shape: [featureSize], at: start + featureSize))
    }
    var θ = Parameters(slices: slices)
    let outputs = factors.reduce(0) { $0 + $1.outputCount }
    let scheme = architecture.initialization
    actor.initialize(
      &θ, scheme, headGains: [(outputs, architecture.headGain), (architecture.critic == .shared ? 1 : 0, 1)],
      from: stream)
    critic?.initialize(&θ, scheme, headGains: [(1, 1)], from: stream)
    for k in freeStart..<free { θ.values[k] = Float(architecture.logDeviation) }
    if standardizes {
      for k in standardRange.lowerBound + featureSize..<standardRange.upperBound {
        θ.values[k] = architecture.inputScale
      }
    }
    return θ
  }

  /// Multiplications that an update makes for one row: the products of every layer forwards, for the weights'
  /// derivative, and, behind the first layer, for that of the layer below.
  public var multiplicationsPerUpdate: Int {
    [actor, critic].compactMap(\.self).reduce(0) { sum, network in
      sum
        + network.layers.enumerated().reduce(0) { sum, layer in
          let once = layer.element.positions * layer.element.inputs * layer.element.outputs
          return sum + (layer.offset == 0 ? 2 : 3) * once
        }
    }
  }

  /// How many rows a workspace of some 64 megabytes has room for, at least one and at most `limit`.
  ///
  /// What a batch is cut into follows from it, so it depends on nothing but the networks.
  public func rows(atMost limit: Int) -> Int {
    let floats = [actor, critic].compactMap(\.self).reduce(1) { sum, network in
      sum
        + network.layers.reduce(0) { sum, layer in
          sum + 3 * layer.size + (layer.patches == nil ? 0 : 2 * layer.positions * layer.inputs)
        }
    }
    return min(limit, max(1, 16_777_216 / floats))
  }

  /// Memory for so many rows; it grows when more come.
  public func makeWorkspace(rows: Int) -> Workspace { Workspace(for: self, rows: rows) }

  /// What the environment receives for an action that was drawn.
  public func apply(_ drawn: Span<Float>, into applied: inout MutableSpan<Float>) {
    guard alters else {
      for k in 0..<actionSize { applied[k] = drawn[k] }
      return
    }
    for family in families { family.apply(drawn, into: &applied) }
  }
}
