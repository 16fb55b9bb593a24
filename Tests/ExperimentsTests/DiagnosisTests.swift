import AscentEnvironments
import AscentRandomness
import Foundation
import Testing

@testable import AscentExperiments

/// Environments from which nothing can be learned, each in one way, and runs of which nothing is said.
@Suite struct `A run that cannot learn` {
  /// Pays by the kind of its fault; an episode has 8 steps.
  private final class Barren: Environment {
    enum Fault { case endless, equal, loud }

    let observationSpace = Space.box(low: [-5], high: [5])
    let actionSpace: Space
    private let fault: Fault
    private let stream: RandomStream
    private var steps = 0

    init(_ fault: Fault, _ actions: Space = .discrete(2)) throws {
      (self.fault, actionSpace) = (fault, actions)
      stream = try RandomStream(StreamKey(seed: 0, purpose: .environment))
    }

    func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) {
      stream.restart(at: key)
      steps = 0
      observation[0] = Float(stream.standardNormal())
    }

    func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
      steps += 1
      observation[0] = Float(stream.standardNormal())
      switch fault {
      case .endless: return Step(reward: stream.uniform())
      case .equal: return Step(reward: 1, end: steps == 8 ? .terminated : nil)
      case .loud: return Step(reward: 1e5 * stream.standardNormal(), end: steps == 8 ? .terminated : nil)
      }
    }
  }

  private func notices(
    of fault: Barren.Fault, _ settings: [String], steps: Int, actions: Space = .discrete(2)
  ) throws -> [String] {
    var configuration = Configuration(environment: "barren")
    (configuration.steps, configuration.lanes) = (steps, 2)
    for setting in ["policy.hidden=4", "rollout.steps=16", "algorithm.epochs=2"] + settings {
      let parts = setting.split(separator: "=").map(String.init)
      try configuration.set(parts[0], typed: parts[1])
    }
    let path = FileManager.default.temporaryDirectory.path + "/ascent-barren-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var training = try Training(configuration, folder: RunFolder(path)) { _ in try Barren(fault, actions) }
    var told: [String] = []
    _ = try training.run(onNotice: { told.append($0) })
    return told
  }

  /// Other returns may have been seen before.
  @Test func `says nothing about all returns after it was resumed`() throws {
    let path = FileManager.default.temporaryDirectory.path + "/ascent-barren-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var configuration = Configuration(environment: "barren")
    (configuration.steps, configuration.lanes) = (500, 2)
    for (key, value) in [("policy.hidden", "4"), ("rollout.steps", "16")] {
      try configuration.set(key, typed: value)
    }
    var begun = try Training(configuration, folder: RunFolder(path)) { _ in try Barren(.equal) }
    _ = try begun.run()
    _ = consume begun
    configuration.steps = 4_000
    var resumed = try Training(
      configuration, folder: RunFolder(path), beginning: .resumed(acceptingChanges: false)
    ) { _ in try Barren(.equal) }
    var told: [String] = []
    _ = try resumed.run(onNotice: { told.append($0) })
    #expect(told.isEmpty, "\(told)")
  }

  @Test(arguments: [
    ("native:cartpole", "none", 40_000), ("native:pendulum", "none", 20_000),
    ("native:repeat-previous", "gru", 20_000), ("native:tiger", "window=4", 20_000),
  ]) func `is no run that learns`(environment: String, memory: String, steps: Int) throws {
    var configuration = Configuration(environment: environment)
    try configuration.set("policy.memory", typed: memory)
    try configuration.apply(preset: nil)
    configuration.steps = steps
    let path = FileManager.default.temporaryDirectory.path + "/ascent-learns-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var training = try Training(configuration, folder: RunFolder(path), host: Host())
    var told: [String] = []
    _ = try training.run(onNotice: { told.append($0) })
    #expect(told.isEmpty, "\(told)")
  }

  @Test func `says that no episode ends`() throws {
    let told = try notices(of: .endless, ["rollout.steps=500", "algorithm.minibatch=500"], steps: 24_000)
    #expect(told.count { $0.contains("environment.time_limit") } == 1, "\(told)")
  }

  @Test func `says that all returns are equal`() throws {
    let told = try notices(of: .equal, [], steps: 4_000)
    #expect(
      told.count == 1 && told[0].contains("has returned 8.0, so there is nothing to learn from"), "\(told)")
  }

  @Test func `says that its actions are the bound of their box`() throws {
    let told = try notices(
      of: .loud, ["policy.action_units=environment"], steps: 4_000, actions: .box(low: [100], high: [200]))
    let pinned = told.filter { $0.contains("policy.action_units = box") }
    #expect(pinned.count == 1 && pinned[0].contains("number 0 is 100.0"), "\(told)")
  }

  @Test func `says that its critic is blind, and its gradients are cut`() throws {
    let told = try notices(
      of: .loud, ["normalize.returns=false", "algorithm.value_weight=0.5"], steps: 4_000)
    #expect(
      told.contains { $0.contains("set normalize.returns = true") && $0.contains("critic has explained") },
      "\(told)")
    #expect(
      told.contains { $0.contains("algorithm.gradient_clip") && $0.contains("normalize.returns") }, "\(told)")
  }

  @Test func `says that its updates are too long`() throws {
    let settings = ["algorithm.rate=0.05", "algorithm.clip=0.001", "algorithm.epochs=8"]
    let told = try notices(of: .loud, settings, steps: 4_000)
    #expect(told.contains { $0.contains("are clipped: lower algorithm.rate") }, "\(told)")
    let stopped = try notices(of: .loud, settings + ["algorithm.target_kl=1e-7"], steps: 4_000)
    #expect(stopped.contains { $0.contains("algorithm.target_kl") }, "\(stopped)")
  }

  /// With no floor for advantages and a rate that moves far, the critic's errors make the policy certain of itself.
  @Test func `says that it became certain before it saw two returns`() throws {
    let told = try notices(
      of: .equal,
      [
        "algorithm.advantage_floor=0", "algorithm.rate=0.05", "algorithm.epochs=8", "normalize.returns=false",
      ],
      steps: 8_000)
    #expect(told.contains { $0.contains("before two episodes had different returns") }, "\(told)")
  }
}
