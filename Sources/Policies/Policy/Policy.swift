internal import AscentMathematics
public import AscentRandomness

/// πθ(a∣o), a parametrized distribution of actions given an observation; with a critic, also V(o).
///
/// A policy is a value without parameters or state of its own: both are arguments, so threads can share it. A policy
/// with a recurrent layer is evaluated along ``Sequences`` and acts with a ``Memory``; o then stands for all
/// observations so far. Matrices are row-major, with one row for each observation; the bits of a row do not depend on
/// the other rows.
///
/// A row of observations contains the features and, if the environment masks choices, one float for each choice: 1 if
/// it is allowed, else 0.
public struct Policy: Sendable {
  /// Floats per observation, the mask included.
  public let observationSize: Int
  /// The number of features among them.
  public let featureSize: Int
  /// Floats per action; an index is one float.
  public let actionSize: Int
  /// The architecture that the policy was made with.
  public let architecture: Architecture
  /// The range of the actor's parameters: the network's, then those of its distributions.
  public let actorRange: Range<Int>
  /// The range of the critic's parameters; empty if there is no critic, or if it shares the actor's trunk.
  public let criticRange: Range<Int>
  /// The range of each feature's mean and then 1/deviation; it comes after all learned parameters.
  public let standardRange: Range<Int>

  /// The columns of observations that are indices; they are neither standardized nor scaled.
  public let indexColumns: [Int]

  let actor: Network
  let critic: Network?
  let factors: [Factor]
  let headSize: Int
  /// The index of the first parameter that belongs to a factor.
  let factorStart: Int
  /// True if exploration multiplies the features themselves, since there is no hidden layer.
  let readsFeatures: Bool
  /// True if observations are one picture, which convolutions read, so that they can be given as bytes.
  package let readsPixels: Bool
  /// True if the environment receives other actions than those drawn.
  private let altersActions: Bool
  /// A number that policies of the same layout have in common, by which workspaces of other ones are refused.
  let layout: Int

  /// The distribution that its factors of boxes have, for files; nil if it was made from factors.
  package var boxes: BoxDistribution?

  /// Standardized observations are clamped to ± this many deviations.
  public static let standardBound: Float = 10

  /// Makes a policy.
  ///
  /// - Parameters:
  ///   - featureSize: floats per observation, without the mask.
  ///   - families: the factors of an action.
  ///   - maskSize: 0, or one float for each choice of the categorical factors.
  ///   - architecture: the networks.
  /// - Throws: ``PolicyError`` for an invalid size or number.
  public init(
    featureSize: Int, factors families: [any ActionFamily], maskSize: Int = 0,
    architecture: Architecture = Architecture()
  ) throws(PolicyError) {
    try architecture.check(featureSize: featureSize)
    for family in families {
      guard family.valueCount > 0, family.headLayout.outputCount > 0 else {
        throw .size(what: "number of actions", found: family.valueCount, allowed: "at least 1")
      }
    }
    let choices = families.reduce(0) { $0 + $1.headLayout.choiceCount }
    guard maskSize == 0 || maskSize == choices else {
      throw .size(what: "number of mask values", found: maskSize, allowed: "0 or \(choices)")
    }
    self.featureSize = featureSize
    self.architecture = architecture
    observationSize = featureSize + maskSize
    actionSize = families.reduce(0) { $0 + $1.valueCount }
    headSize = families.reduce(0) { $0 + $1.headLayout.count }
    let outputs = families.reduce(0) { $0 + $1.headLayout.outputCount }
    indexColumns = architecture.indexColumns
    // A family that explores reads the features that the last layer multiplies.
    readsFeatures = architecture.hidden.isEmpty && families.contains { $0.headLayout.isExploring }
    actor = try Network(
      architecture, inputs: featureSize, outputs: outputs + (architecture.critic == .shared ? 1 : 0),
      expandsIndices: readsFeatures,
      at: Network.Position(name: "actor", parameter: 0, state: 0))
    readsPixels = actor.layers[0] is ConvolutionLayer && maskSize == 0 && !readsFeatures
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
    layout = Self.layout(
      of: actor, critic, factors, sizes: [featureSize, maskSize, standardRange.upperBound])
  }

  private static func layout(of actor: Network, _ critic: Network?, _ factors: [Factor], sizes: [Int]) -> Int
  {
    var hasher = Hasher()
    hasher.combine(sizes)
    for network in [actor, critic].compactMap(\.self) {
      for slice in network.slices {
        hasher.combine(slice.name)
        hasher.combine(slice.shape)
      }
      for layer in network.layers { hasher.combine([layer.outputSize, layer.workspaceSize]) }
    }
    for factor in factors { hasher.combine([factor.head.start, factor.values.start, factor.outputCount]) }
    return hasher.finalize()
  }

  /// Makes a policy over finitely many actions, without a critic.
  ///
  /// - Throws: ``PolicyError`` for an invalid size.
  public static func categorical(
    observationSize: Int, actionCount: Int, hidden: [Int] = [64, 64]
  ) throws(PolicyError) -> Policy {
    try Policy(
      featureSize: observationSize, factors: [.categorical(actionCount)],
      architecture: Architecture(hidden: hidden))
  }

  /// Makes a Gaussian policy over real vectors whose deviations are parameters, without a critic.
  ///
  /// - Throws: ``PolicyError`` for an invalid size, or unless log σ is from −50 to 50.
  public static func gaussian(
    observationSize: Int, actionSize: Int, hidden: [Int] = [64, 64], logDeviation: Double = 0
  ) throws(PolicyError) -> Policy {
    try Policy(
      featureSize: observationSize, factors: [.gaussian(actionSize)],
      architecture: Architecture(hidden: hidden, logDeviation: logDeviation))
  }

  /// True if the policy estimates V.
  public var hasCritic: Bool { architecture.critic != .none }

  /// True if the policy has a recurrent layer.
  public var remembers: Bool { actor.recurrent != nil }

  /// Floats of one lane's recurrent state: the actor's, then that of a critic with a network of its own.
  public var stateSize: Int { (actor.recurrent?.stateSize ?? 0) + (critic?.recurrent?.stateSize ?? 0) }

  /// Floats of the actor's recurrent state.
  public var actorStateSize: Int { actor.recurrent?.stateSize ?? 0 }

  /// True if observations are standardized or scaled before the networks evaluate them.
  public var standardizes: Bool {
    architecture.standardizes || architecture.inputs.contains { $0.scale != 1 }
  }

  /// The bound ± of standardized observations; scaled ones have none.
  var inputBound: Float { architecture.standardizes ? Self.standardBound : .infinity }

  /// The map of each value of a recorded action to the environment's number; nil where a family does not say.
  public var actionCoordinates: [ActionCoordinate?] {
    factors.flatMap { factor in
      factor.family.coordinates.map { $0.map(Optional.some) }
        ?? Array(repeating: nil, count: factor.valueCount)
    }
  }

  /// True if a factor explores with a matrix of noise; ``Exploration`` stores the matrices.
  public var explores: Bool { factors.contains { $0.layout.isExploring } }

  /// The number of learned parameters; the others are statistics of the observations.
  public var learnedCount: Int { standardRange.lowerBound }

  /// The number of floats of θ.
  public var parameterCount: Int { standardizes ? standardRange.upperBound : learnedCount }

  /// Floats of an observation's mask.
  public var maskSize: Int { observationSize - featureSize }

  /// The initial θ, drawn from `stream`.
  public func initialParameters(from stream: RandomStream) -> Parameters {
    var slices = actor.slices
    for (i, factor) in factors.enumerated() {
      let count = factor.layout.parameterCount(actor.latentSize)
      guard let name = parameterName(ofFactor: i) else { continue }
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
      let scales =
        architecture.inputs.isEmpty
        ? Array(repeating: 1, count: featureSize)
        : architecture.inputs.flatMap { Array(repeating: $0.scale, count: $0.columns) }
      θ.values.replaceSubrange(
        standardRange.lowerBound + featureSize..<standardRange.upperBound, with: scales)
    }
    return θ
  }

  /// The number of multiplications that an update makes for one row.
  public var multiplicationsPerUpdate: Int {
    actor.multiplicationsPerUpdate + (critic?.multiplicationsPerUpdate ?? 0)
  }

  /// The number of rows that fit in a workspace of some 64 MB, at least one and at most `limit`.
  ///
  /// Batches are split into slices of this many rows, so the number must depend on nothing but the networks.
  public func rows(atMost limit: Int) -> Int {
    let layers = actor.layers + (critic?.layers ?? [])
    let floats = layers.reduce(1) { $0 + $1.workspaceSize }
    return min(limit, max(1, 16_777_216 / floats))
  }

  /// Makes a workspace with memory for `rows` rows; it grows on demand.
  public func makeWorkspace(rows: Int) -> Workspace { Workspace(for: self, rows: rows) }

  /// Writes the action that the environment receives for an action that was drawn.
  public func apply(_ drawn: Span<Float>, into applied: inout MutableSpan<Float>) {
    Require.count(drawn.count, of: "drawn action", is: actionSize, "the policy's actionSize")
    Require.count(applied.count, of: "applied action", atLeast: actionSize, "the policy's actionSize")
    guard altersActions else {
      for k in 0..<actionSize { applied[k] = drawn[k] }
      return
    }
    for factor in factors { factor.family.apply(drawn, at: factor.values.start, into: &applied) }
  }
}
