internal import Mathematics
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
  let factors: [Factor]
  let headSize: Int
  /// The first parameter of the factors' own.
  let factorStart: Int
  /// Whether an environment receives another action than the one that was drawn.
  private let altersActions: Bool

  /// Observations are held within so many deviations.
  static let standardBound: Float = 10

  /// Makes a policy.
  ///
  /// - Parameters:
  ///   - featureSize: floats per observation, without a mask.
  ///   - families: what an action is made of.
  ///   - maskSize: 0, or one float for each choice of the categorical factors.
  ///   - architecture: the networks.
  /// - Throws: ``PolicyError`` when a size or a number is not possible.
  public init(
    featureSize: Int, factors families: [any ActionFamily], maskSize: Int = 0,
    architecture: Architecture = Architecture()
  ) throws(PolicyError) {
    try architecture.check()
    for family in families {
      guard family.valueCount > 0, family.headLayout.outputCount > 0 else {
        throw .size(what: "number of actions", found: family.valueCount, allowed: "at least 1")
      }
    }
    self.featureSize = featureSize
    self.architecture = architecture
    observationSize = featureSize + maskSize
    actionSize = families.reduce(0) { $0 + $1.valueCount }
    headSize = families.reduce(0) { $0 + $1.headLayout.count }
    let outputs = families.reduce(0) { $0 + $1.headLayout.outputCount }
    actor = try Network(
      architecture, inputs: featureSize, outputs: outputs + (architecture.critic == .shared ? 1 : 0),
      at: Network.Position(name: "actor", parameter: 0, state: 0))
    factorStart = actor.range.upperBound
    let latentSize = actor.latentSize
    let own = families.reduce(0) { $0 + $1.headLayout.parameterCount(latentSize) }
    actorRange = 0..<factorStart + own
    critic =
      architecture.critic == .separate
      ? try Network(
        architecture, inputs: featureSize, outputs: 1,
        at: Network.Position(
          name: "critic", parameter: actorRange.upperBound, state: actor.recurrent?.stateSize ?? 0)) : nil
    criticRange = actorRange.upperBound..<(critic?.range.upperBound ?? actorRange.upperBound)
    standardRange = criticRange.upperBound..<criticRange.upperBound + 2 * featureSize
    factors = Factor.sideBySide(
      families, latentSize: latentSize, parametersFrom: factorStart, mask: maskSize > 0 ? featureSize : nil)
    altersActions = families.contains { $0.altersActions }
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
  public var remembers: Bool { actor.recurrent != nil }

  /// Floats that it remembers of one lane: of the actor's recurrent layer, then of the critic's own.
  public var stateSize: Int { (actor.recurrent?.stateSize ?? 0) + (critic?.recurrent?.stateSize ?? 0) }

  /// How many of them are the actor's.
  public var actorStateSize: Int { actor.recurrent?.stateSize ?? 0 }

  /// Whether observations are standardized before the networks see them.
  public var standardizes: Bool { architecture.standardizes || architecture.inputScale != 1 }

  /// Whether a matrix of noise explores; ``Exploration`` holds it.
  public var explores: Bool { factors.contains { $0.layout.isExploring } }

  /// How many of the parameters are learned; the rest follow the observations.
  public var learnedCount: Int { standardRange.lowerBound }

  /// θ at the beginning, drawn from `stream`.
  public func initialParameters(from stream: RandomStream) -> Parameters {
    var slices = actor.slices
    for (i, factor) in factors.enumerated() {
      let count = factor.layout.parameterCount(actor.latentSize)
      guard count > 0 else { continue }
      let name = factors.count == 1 ? "actor.log_deviation" : "actor.\(i).log_deviation"
      let shape = factor.layout.isExploring ? [actor.latentSize, factor.valueCount] : [count]
      slices.append(Parameters.Slice(name, shape: shape, at: factor.parameter))
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
    for k in factorStart..<actorRange.upperBound { θ.values[k] = Float(architecture.logDeviation) }
    if standardizes {
      for k in standardRange.lowerBound + featureSize..<standardRange.upperBound {
        θ.values[k] = architecture.inputScale
      }
    }
    return θ
  }

  /// Multiplications that an update makes for one row.
  public var multiplicationsPerUpdate: Int {
    actor.multiplicationsPerUpdate + (critic?.multiplicationsPerUpdate ?? 0)
  }

  /// How many rows a workspace of some 64 megabytes has room for, at least one and at most `limit`.
  ///
  /// Batches are cut into slices of so many rows, so the number depends on nothing but the networks.
  public func rows(atMost limit: Int) -> Int {
    let layers = actor.layers + (critic?.layers ?? [])
    let floats = layers.reduce(1) { $0 + $1.workspaceSize }
    return min(limit, max(1, 16_777_216 / floats))
  }

  /// Memory for so many rows; it grows when more come.
  public func makeWorkspace(rows: Int) -> Workspace { Workspace(for: self, rows: rows) }

  /// What the environment receives for an action that was drawn.
  public func apply(_ drawn: Span<Float>, into applied: inout MutableSpan<Float>) {
    guard altersActions else {
      for k in 0..<actionSize { applied[k] = drawn[k] }
      return
    }
    for factor in factors { factor.family.apply(drawn, at: factor.values.start, into: &applied) }
  }
}
