import AscentPolicies
import AscentRandomness
import AscentRegistries
import Testing

@testable import AscentPolicyGradients

/// The equations once more, plainly and in double precision.
private struct ReferenceOptimizer {
  let choice: String
  let rate, ε, decay: Double
  private var step = 0
  private var m: [Double]
  private var v: [Double]

  init(_ entry: OptimizerEntry, _ settings: OptimizerSettings, count: Int) {
    (choice, rate, ε) = (entry.name, settings.rate, settings.epsilon)
    decay = entry == .adamw || entry == .lion ? settings.weightDecay : 0
    m = Array(repeating: 0, count: count)
    v = Array(repeating: entry == .rmsprop ? 1 : 0, count: count)
  }

  mutating func ascend(_ θ: inout [Double], along g: [Double]) {
    step += 1
    var (power1, power2) = (1.0, 1.0)
    for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.999) }
    for k in g.indices {
      switch choice {
      case "ascent": θ[k] += rate * g[k]
      case "momentum":
        m[k] = 0.9 * m[k] + g[k]
        θ[k] += rate * m[k]
      case "lion":
        let direction = 0.9 * m[k] + 0.1 * g[k]
        θ[k] += rate * ((direction > 0 ? 1 : direction < 0 ? -1 : 0) - decay * θ[k])
        m[k] = 0.99 * m[k] + 0.01 * g[k]
      case "rmsprop":
        v[k] = 0.99 * v[k] + 0.01 * g[k] * g[k]
        θ[k] += rate * g[k] / (v[k] + ε).squareRoot()
      default:
        m[k] = 0.9 * m[k] + 0.1 * g[k]
        v[k] = 0.999 * v[k] + 0.001 * g[k] * g[k]
        θ[k] *= 1 - rate * decay
        θ[k] += rate * (m[k] / (1 - power1)) / ((v[k] / (1 - power2)).squareRoot() + ε)
      }
    }
  }
}

@Suite struct `An optimizer` {
  /// 43 parameters, of which a gradient of 40 leaves the last 3 alone: neither is a multiple of a vector's width.
  private static let learned = 40
  private let start: Parameters

  init() throws {
    let policy = try Policy.categorical(observationSize: 4, actionCount: 3, hidden: [5])
    start = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
  }

  /// Gradients of sizes from 1e-3 to 10, of both signs.
  private static func gradients(_ count: Int) throws -> [[Float]] {
    let stream = try RandomStream(StreamKey(seed: 8, purpose: .environment))
    return (0..<count).map { _ in
      (0..<learned).map { k in Float(stream.standardNormal() * [1e-3, 0.1, 10][k % 3]) }
    }
  }

  private static func settings(_ entry: OptimizerEntry) -> OptimizerSettings {
    var settings = OptimizerSettings(rate: 0.01)
    (settings.weightDecay, settings.epsilon) = (0.1, entry == .rmsprop ? 1e-5 : 1e-8)
    return settings
  }

  private static func make(_ entry: OptimizerEntry) -> any Optimizer { entry.make(settings(entry)) }

  static let entries = Registry<OptimizerEntry>.optimizers.entries

  @Test func `is one of six`() {
    #expect(Self.entries.map(\.name) == ["ascent", "momentum", "rmsprop", "adam", "adamw", "lion"])
  }

  /// Six steps of float32: some 1e-7 of θ, and of a step, each.
  @Test(arguments: entries)
  func `makes the steps of its equation`(choice: OptimizerEntry) throws {
    var optimizer = Self.make(choice)
    var reference = ReferenceOptimizer(choice, Self.settings(choice), count: Self.learned)
    var (θ, expected) = (start, start.values.map { Double($0) })
    for gradient in try Self.gradients(6) {
      optimizer.ascend(&θ, along: gradient)
      reference.ascend(&expected, along: gradient.map { Double($0) })
      for k in θ.values.indices {
        let bound = 2e-6 * max(abs(expected[k]), abs(expected[k] - Double(start.values[k])), 0.01)
        #expect(abs(Double(θ.values[k]) - expected[k]) < bound, "parameter \(k)")
      }
    }
    #expect(optimizer.stepCount == 6)
    #expect(θ.values[..<Self.learned] != start.values[..<Self.learned])
    #expect(θ.values[Self.learned...] == start.values[Self.learned...], "what is not learned stays")
  }

  /// Where the gradient is 0, only the decay moves θ: (1 − 0.01 · 0.1)⁵ θ.
  @Test func `decays weights by themselves, if it is AdamW or Lion`() throws {
    let nothing = Array(repeating: Float(0), count: Self.learned)
    for choice in [OptimizerEntry.adamw, .lion, .adam] {
      var optimizer = Self.make(choice)
      var θ = start
      for _ in 0..<5 { optimizer.ascend(&θ, along: nothing) }
      let factor: Float = choice != .adam ? 0.995_009_99 : 1
      for k in 0..<Self.learned {
        #expect(abs(θ.values[k] - factor * start.values[k]) <= 1e-6 * abs(start.values[k]))
      }
    }
  }

  @Test(arguments: entries)
  func `goes on from its moments to the same bits`(choice: OptimizerEntry) throws {
    let gradients = try Self.gradients(7)
    var (whole, first) = (Self.make(choice), Self.make(choice))
    var (θ, φ) = (start, start)
    for gradient in gradients { whole.ascend(&θ, along: gradient) }
    for gradient in gradients[..<4] { first.ascend(&φ, along: gradient) }
    var second = Self.make(choice)
    second.moments = first.moments
    second.stepCount = first.stepCount
    for gradient in gradients[4...] { second.ascend(&φ, along: gradient) }
    #expect(θ.values == φ.values)
    #expect(whole.moments.map(\.values) == second.moments.map(\.values))
    #expect(whole.moments.map(\.name) == second.moments.map(\.name))
    #expect(second.stepCount == 7)
    #expect(whole.moments.allSatisfy { $0.values.count == Self.learned })
    #expect((choice == .ascent) == whole.moments.isEmpty)
    guard choice != .ascent else { return }
    // What is handed over matters: without it the same steps lead elsewhere.
    var (forgetful, other) = (Self.make(choice), start)
    for gradient in gradients[..<4] { forgetful.ascend(&other, along: gradient) }
    forgetful = Self.make(choice)
    for gradient in gradients[4...] { forgetful.ascend(&other, along: gradient) }
    #expect(other.values != θ.values)
  }
}
