import AscentEnvironments
import AscentExports
import AscentPolicies
import AscentPolicyGradients
import AscentRandomness
import Testing

@testable import AscentExperiments

/// A policy with arbitrary parameters, and the observations on which it is compared.
struct ExportCase: CustomTestStringConvertible, Sendable {
  let name: String
  let observations, actions: Space
  var isMasked = false
  /// Settings that differ from their defaults.
  let settings: [String: String]
  /// The number of observations.
  var rows = 10_000

  var testDescription: String { name }

  /// The number of observations of an episode.
  static let steps = 40

  private var configuration: Configuration {
    get throws {
      var configuration = Configuration(environment: "native:cartpole")
      for (key, value) in settings { try configuration.set(key, typed: value) }
      return configuration
    }
  }

  private var lanes: Lanes {
    get throws { try Lanes([Spaces(self)], seed: 1) }
  }

  var policy: Policy {
    get throws { try configuration.policy(in: lanes) }
  }

  func stream(_ seed: UInt64) throws -> RandomStream {
    try RandomStream(StreamKey(seed: seed, purpose: .parameters), generator: .philox)
  }

  /// Parameters whose biases, log deviations, means and scales are arbitrary, too.
  func parameters(of policy: Policy) throws -> Parameters {
    var θ = policy.initialParameters(from: try stream(7))
    let noise = try stream(8)
    for k in 0..<policy.learnedCount { θ.values[k] += Float(0.2 * noise.standardNormal()) }
    guard policy.standardizes else { return θ }
    for k in policy.learnedCount..<policy.parameterCount { θ.values[k] *= Float(1 + 0.3 * noise.uniform()) }
    for k in policy.learnedCount..<policy.learnedCount + policy.featureSize {
      θ.values[k] += Float(0.3 * noise.uniform())
    }
    return θ
  }

  /// One observation with its mask.
  func observation(of policy: Policy, from stream: RandomStream) -> [Float] {
    var row: [Float] = []
    for leaf in observations.leaves {
      switch leaf.kind {
      case .box(let shape, let low, let high, let element):
        let count = shape.reduce(1, *)
        if element == .uint8 || element == .bool {
          row += (0..<count).map { k in
            Float((low[k] + (high[k] - low[k] + 1) * stream.uniform()).rounded(.down))
          }
        } else {
          row += (0..<count).map { _ in Float(3 * stream.standardNormal()) }
        }
      case .multiBinary(let shape):
        row += (0..<shape.reduce(1, *)).map { _ in stream.uniform() < 0.5 ? 0 : 1 }
      case .discrete, .multiDiscrete:
        for count in leaf.kind.discreteCounts {
          let index = Int(Double(count + 1) * stream.uniform()) - 1
          if count > Space.mostOneHot {
            row.append(Float(index))
          } else {
            row += (0..<count).map { $0 == index ? 1 : 0 }
          }
        }
      }
    }
    guard isMasked else { return row }
    for count in actions.choiceCounts.compactMap({ $0 }) {
      let allowed = Int(Double(count) * stream.uniform())
      row += (0..<count).map { $0 == allowed || stream.uniform() < 0.5 ? 1 : 0 }
    }
    return row
  }

  /// The rows that every program reads: 1 at the beginning of an episode else 0, and an observation; and the answers that
  /// it must give: the action and the state.
  func reference() throws -> (rows: [Float], answers: [Float]) {
    let policy = try policy
    let θ = try parameters(of: policy)
    let stream = try stream(9)
    var acting = Acting(policy, laneCount: 1)
    let bounds = ActionBounds(actions)
    var (rows, answers, applied) = (
      [Float](), [Float](), Array(repeating: Float(0), count: policy.actionSize)
    )
    for k in 0..<self.rows {
      if k % Self.steps == 0 { acting.memory.forget(0) }
      acting.observations = observation(of: policy, from: stream)
      rows += [k % Self.steps == 0 ? 1 : 0] + acting.observations
      policy.act(θ, for: [0], drawing: nil, in: &acting)
      bounds.clamp(policy, acting.actions.span, into: &applied)
      answers += applied + acting.memory.actor(lane: 0)
    }
    return (rows, answers)
  }

  /// Writes policy.json and policy.safetensors into a folder.
  func save(in folder: RunFolder) throws {
    let θ = try parameters(of: policy)
    try PolicyFile.save(θ, after: 0, try PolicyDescription(configuration, lanes), in: folder)
  }

  func exported() throws -> ExportedPolicy {
    let θ = try parameters(of: policy)
    let tensors = θ.slices.map { Safetensors.Tensor($0.name, θ.values[$0.range], shape: $0.shape) }
    return try ExportedPolicy(
      try PolicyDescription(configuration, lanes), Safetensors(tensors: tensors), file: "policy.safetensors",
      records: [("environment", "one that ends a comment */ int broken; /*")])
  }
}

/// An environment of which only the spaces are used.
private final class Spaces: Environment, ActionMasking {
  let observationSpace, actionSpace: Space
  let maskSize: Int

  init(_ one: ExportCase) {
    (observationSpace, actionSpace) = (one.observations, one.actions)
    maskSize = one.isMasked ? one.actions.choiceCounts.reduce(0) { $0 + ($1 ?? 0) } : 0
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) {}

  func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
    Step(reward: 0, end: .terminated)
  }
}
