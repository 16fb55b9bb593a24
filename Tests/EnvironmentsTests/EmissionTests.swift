import AscentEnvironments
import AscentRandomness
import AscentTestSupport
import Foundation
import Testing

/// Shows the same observation for ever, or its elements times the step.
private final class Constant: Environment {
  let observationSpace: Space
  let actionSpace = Space.discrete(2)
  private let features: [Float]
  private let grows: Bool
  private var steps: Float = 1

  init(_ space: Space, _ features: [Float], grows: Bool = false) {
    (observationSpace, self.features, self.grows) = (space, features, grows)
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) {
    steps = 1
    for k in features.indices { observation[k] = features[k] }
  }

  func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
    steps += 1
    for k in features.indices { observation[k] = features[k] * (grows ? steps : 1) }
    return Step(reward: 0, end: nil)
  }
}

private let numbers = Space.box(low: [-10, -10, -10, -10], high: [10, 10, 10, 10])
private let bytes = Space(
  .box(
    shape: [8, 8, 2], low: Array(repeating: 0, count: 128), high: Array(repeating: 255, count: 128),
    element: .uint8))
private let mixed = Space(leaves: [
  Space.Leaf(path: "arm", kind: .box(shape: [2], low: [0, 0], high: [9, 9], element: .float32)),
  Space.Leaf(path: "mode", kind: .discrete(count: 3, start: 0)),
  Space.Leaf(path: "flags", kind: .multiBinary(shape: [2])),
])

private func seen(
  _ space: Space, _ features: [Float], through emissions: [String], grows: Bool = false, horizon: Int? = nil
) throws -> PartialObservation {
  try PartialObservation(
    Constant(space, features, grows: grows), emissions.map { try Emission(typed: $0) }, horizon: horizon)
}

/// The observations of one episode.
private func episode(_ environment: any Environment, steps: Int, seed: UInt64 = 1) throws -> [[Float]] {
  for role in environment.roles((any RandomEmissions).self) {
    role.drawEmissions(from: StreamKey(seed: seed, purpose: .emissions))
  }
  var o = Array(repeating: Float(0), count: environment.observationSize)
  try environment.reset(StreamKey(seed: seed, purpose: .environment), into: &o)
  var all = [o]
  for _ in 0..<steps {
    _ = try environment.step([Float(0)].span, into: &o)
    all.append(o)
  }
  return all
}

@Suite struct `What emissions show` {
  @Test func `lacks hidden features and leaves`() throws {
    let few = try seen(numbers, [1, 2, 3, 4], through: ["hide=1,3"])
    #expect(few.observationSpace == .box(low: [-10, -10], high: [10, 10]))
    #expect(try episode(few, steps: 1) == [[1, 3], [1, 3]])
    let leaves = try seen(mixed, [7, 8, 0, 1, 0, 1, 1], through: ["hide=mode,1,5"])
    #expect("\(leaves.observationSpace)" == "(arm: Box(1, float32), flags: MultiBinary(1))")
    #expect(try episode(leaves, steps: 0) == [[7, 1]])
  }

  @Test func `is late by so many steps, and the first one before`() throws {
    let late = try seen(
      .box(low: [0], high: [100]), [1], through: ["delay=3"], grows: true, horizon: 10)
    #expect(try episode(late, steps: 6).map { $0[0] } == [1, 1, 1, 1, 2, 3, 4])
    // A new episode remembers nothing.
    #expect(try episode(late, steps: 4).map { $0[0] } == [1, 1, 1, 1, 2])
  }

  @Test func `is repeated as often as it says, within an episode`() throws {
    let ladder = Space.box(low: [0], high: [1e6])
    let always = try seen(ladder, [1], through: ["repeat=1"], grows: true)
    #expect(try episode(always, steps: 5).map { $0[0] } == [1, 1, 1, 1, 1, 1])
    // A new episode repeats nothing of the one before.
    #expect(try episode(always, steps: 1, seed: 2).map { $0[0] } == [1, 1])
    let never = try seen(ladder, [1], through: ["repeat=0"], grows: true)
    #expect(try episode(never, steps: 3).map { $0[0] } == [1, 2, 3, 4])
    let sometimes = try episode(
      try seen(ladder, [1], through: ["repeat=0.3"], grows: true), steps: 20_000
    ).map { $0[0] }
    #expect(zip(1..., sometimes).allSatisfy { $1 == Float($0) || $1 < Float($0) })
    let repeated = zip(sometimes, sometimes.dropFirst()).count { $0 == $1 }
    // Binomial, 20,000 at 0.3: six deviations of 65; false alarms below 1e-8.
    #expect(abs(repeated - 6000) < 390)
    #expect(try seen(ladder, [1], through: ["repeat=0.3"]).logDensity(of: [1], given: [1]) == nil)
  }

  @Test func `is the nearest multiple`() throws {
    let coarse = try seen(numbers, [0.24, -0.26, 3.9, -0.1], through: ["quantize=0.5"])
    #expect(try episode(coarse, steps: 0) == [[0, -0.5, 4, 0]])
    let each = try seen(numbers, [0.24, -0.26, 3.9, -0.1], through: ["quantize=0.1,1,2,5"])
    #expect(try episode(each, steps: 0) == [[Float(2 * 0.1), 0, 4, 0]])
  }

  @Test func `is decided from left to right`() throws {
    let a = try seen(numbers, [1, 2, 3, 4], through: ["hide=0", "quantize=1,2,8"])
    #expect(try episode(a, steps: 0) == [[2, 4, 8]])
    let b = try seen(numbers, [1, 2, 3, 4], through: ["quantize=8,1,1,1", "hide=0"])
    #expect(try episode(b, steps: 0) == [[2, 3, 4]])
    // What is lost and then noisy is not what is noisy and then lost.
    let lost = try episode(
      try seen(numbers, [1, 2, 3, 4], through: ["gaussian=1", "flicker=1"]), steps: 20)
    #expect(lost.allSatisfy { $0 == [0, 0, 0, 0] })
    let noisy = try episode(
      try seen(numbers, [1, 2, 3, 4], through: ["flicker=1", "gaussian=1"]), steps: 20)
    #expect(noisy.allSatisfy { $0.allSatisfy { $0 != 0 } })
  }

  @Test func `has whole numbers where it had them`() throws {
    let features = (0..<128).map { Float($0 % 2 == 0 ? 0 : 250) }
    for noise in ["gaussian=20", "uniform=20", "laplace=20"] {
      let noisy = try seen(bytes, features, through: [noise])
      #expect(noisy.observationSpace == bytes)
      let all = try episode(noisy, steps: 3).flatMap(\.self)
      #expect(all.allSatisfy { $0 == $0.rounded() && (0...255).contains($0) })
      #expect(Set(all).count > 20)
    }
  }

  @Test func `is decided by seed, lane and episode, and by no other draw`() throws {
    let plain = TimeLimit(try CartPole(), limit: 50)
    let noisy = try PartialObservation(
      TimeLimit(try CartPole(), limit: 50),
      [Emission(typed: "gaussian=0.1"), Emission(typed: "flicker=0.3")], horizon: 50)
    let (a, b) = (ObservedLanes(try Lanes([plain], seed: 4)), ObservedLanes(try Lanes([noisy], seed: 4)))
    var shown: [[Float]] = []
    var same = 0
    for _ in 0..<3 {
      try a.reset(0)
      try b.reset(0)
      var isOver = false
      while !isOver {
        let (x, y) = (try a.step(0, [1]), try b.step(0, [1]))
        #expect(x == y)
        same += a.observations[0] == b.observations[0] ? 1 : 0
        shown.append(b.observations[0])
        isOver = x.end != nil
      }
    }
    #expect(same == 0)
    b.lanes.restore(episodesBegun: [0])
    try b.reset(0)
    _ = try b.step(0, [1])
    #expect(b.observations[0] == shown[0])
  }

  @Test func `is not what the process itself emits`() throws {
    // Both draw one normal number a step: from one stream they would be the same.
    let process = LinearGaussianProcess.mass
    let own = try LinearGaussianEnvironment(process)
    let (plain, base) = (try episode(own, steps: 0), try LinearGaussianEnvironment(process))
    let laid = try PartialObservation(base, [Emission(typed: "gaussian=1")], horizon: nil)
    let noisy = try episode(laid, steps: 0)
    #expect(plain[0] != noisy[0])
    var sums = (product: 0.0, own: 0.0, laid: 0.0)
    var (o, p) = ([Float(0)], [Float(0)])
    for _ in 0..<2000 {
      _ = try own.step([Float(0)].span, into: &o)
      _ = try laid.step([Float(0)].span, into: &p)
      #expect(own.state == base.state)
      let (v, ε) = (Double(o[0]) - own.state[0], Double(p[0]) - Double(o[0]))
      sums = (sums.product + v * ε, sums.own + v * v, sums.laid + ε * ε)
    }
    // A correlation of 2,000 pairs has a deviation of 0.0224; 5.3 of them, false alarms 1e-7.
    #expect(abs(sums.product / (sums.own * sums.laid).squareRoot()) < 0.119)
  }
}

@Suite struct `How emissions are drawn` {
  // Kolmogorov's bound at n = 20,000 and a false-alarm rate of 1e-6 each: 2.69/√n = 0.019.
  private func errors(_ emission: String, scale: Double) throws -> [Double] {
    let all = try episode(try seen(numbers, [1, 2, 3, 4], through: [emission]), steps: 4999)
    return all.flatMap { o in o.indices.map { (Double(o[$0]) - Double($0 + 1)) / scale } }
  }

  @Test func `is Gaussian, Laplace and uniform as they say`() throws {
    #expect(
      kolmogorovDistance(try errors("gaussian=0.5", scale: 0.5)) { 0.5 * (1 + erf($0 / 2.0.squareRoot())) }
        < 0.019)
    #expect(
      kolmogorovDistance(try errors("laplace=0.5", scale: 0.5)) {
        $0 < 0 ? 0.5 * exp($0) : 1 - 0.5 * exp(-$0)
      } < 0.019)
    #expect(
      kolmogorovDistance(try errors("uniform=0.5", scale: 0.5)) { min(1, max(0, ($0 + 1) / 2)) } < 0.019)
  }

  @Test func `is a scale for each feature where there is a list`() throws {
    let all = try episode(try seen(numbers, [1, 2, 3, 4], through: ["gaussian=0,0.1,0,2"]), steps: 1999)
    #expect(all.allSatisfy { $0[0] == 1 && $0[2] == 3 })
    // The relative error of a deviation from 2,000 draws is 0.016; six of them.
    #expect(abs(moments(all.map { Double($0[1]) }).variance.squareRoot() - 0.1) < 0.01)
    #expect(abs(moments(all.map { Double($0[3]) }).variance.squareRoot() - 2) < 0.2)
  }

  @Test func `loses values one by one, or all of them`() throws {
    let n = 8000.0
    let dropped = try episode(try seen(mixed, [7, 8, 0, 1, 0, 1, 1], through: ["dropout=0.25"]), steps: 7999)
    let places = [0, 1, 3, 5, 6]
    for k in places {
      // A count's deviation is √(n p (1 − p)) = 39; five and a half.
      #expect(abs(Double(dropped.count { $0[k] == 0 }) - 0.25 * n) < 215)
    }
    let both = Double(dropped.count { $0[0] == 0 && $0[3] == 0 })
    #expect(abs(both - 0.0625 * n) < 120)
    let flicker = try episode(
      try seen(mixed, [7, 8, 0, 1, 0, 1, 1], through: ["flicker=0.25"]), steps: 7999)
    let lost = flicker.count { $0.allSatisfy { $0 == 0 } }
    #expect(abs(Double(lost) - 0.25 * n) < 215)
    #expect(flicker.allSatisfy { $0.allSatisfy { $0 == 0 } || $0 == [7, 8, 0, 1, 0, 1, 1] })
  }

  @Test(arguments: [
    ("confuse=0.3", mixed, [Float]([7, 8, 0, 1, 0, 1, 0])),
    ("poisson", Space.box(low: [0, 0], high: [9, 9]), [Float]([0.5, 2])),
    ("flicker=0.3", Space.box(low: [0, 0], high: [9, 9]), [Float]([0.5, 2])),
    ("dropout=0.3", Space.box(low: [0, 0], high: [9, 9]), [Float]([0.5, 2])),
    (
      "salt-pepper=0.4",
      Space(
        .box(
          shape: [2, 1, 2], low: [0, 0, 0, 0], high: [255, 255, 255, 255], element: .uint8)),
      [Float]([0, 0, 3, 4])
    ),
  ])
  func `has the frequencies of its probabilities`(
    _ emission: String, _ space: Space, _ features: [Float]
  ) throws {
    let environment = try seen(space, features, through: [emission])
    let count = 20_000
    let all = try episode(environment, steps: count - 1)
    let frequencies = Dictionary(grouping: all) { $0 }.mapValues { Double($0.count) }
    var covered = 0.0
    for (o, frequency) in frequencies {
      let p = exp(try #require(environment.logDensity(of: o, given: features)))
      covered += p
      // Six deviations, and what a rare one may have; false alarms below 1e-6 over all.
      #expect(abs(frequency - Double(count) * p) < 6 * (Double(count) * p).squareRoot() + 6, "\(o)")
    }
    #expect(covered > 0.99 && covered < 1 + 1e-9)
  }

  @Test func `has a density that is the noise's`() throws {
    let state: [Float] = [1, 2, 3, 4]
    let o: [Float] = [1.5, 2, 3, 4]
    for (emission, expected) in [
      ("gaussian=0.5", -0.5 - 4 * log(0.5 * (2 * Double.pi).squareRoot())),
      ("laplace=0.5", -1 - 4 * log(1)), ("uniform=2", -4 * log(4)),
    ] {
      let density = try seen(numbers, state, through: [emission]).logDensity(of: o, given: state)
      #expect(abs(try #require(density) - expected) < 1e-9, "\(emission)")
    }
    // What hides before is applied to s; what is decided has none; nor have two draws.
    let hidden = try seen(numbers, state, through: ["hide=1,2", "gaussian=1"])
    let both = try #require(hidden.logDensity(of: [1, 4], given: state))
    #expect(abs(both + log(2 * Double.pi)) < 1e-9)
    #expect(try seen(numbers, state, through: ["quantize=1"]).logDensity(of: o, given: state) == nil)
    #expect(
      try seen(numbers, state, through: ["gaussian=1", "flicker=0.1"]).logDensity(of: o, given: state) == nil)
    #expect(
      try seen(numbers, state, through: ["uniform=0.1"]).logDensity(of: o, given: state) == -.infinity)
  }
}

/// An emission of another package that breaks its contract.
private struct Broken: EmissionLayer {
  let output: Space
  let change: @Sendable (inout [Float]) -> Void
  var isFunction: Bool { true }
  func emit(_ features: inout [Float], from stream: RandomStream) { change(&features) }
  func logDensity(of o: [Float], given s: [Float]) -> Double? { nil }
}

@Suite struct `Emissions that do not fit` {
  @Test(arguments: [0, 1, 2])
  func `are a fault with its location where they break their contract`(kind: Int) throws {
    let emission = Emission(typed: "broken") { fit in
      Broken(output: fit.space) { features in
        switch kind {
        case 0: features = [1]
        case 1: features.append(1)
        default: features[1] = .nan
        }
      }
    }
    let environment = try PartialObservation(Constant(numbers, [1, 2, 3, 4]), [emission], horizon: nil)
    let error = #expect(throws: EnvironmentError.self) { try episode(environment, steps: 1) }
    let text = "\(try #require(error))"
    #expect(text.contains("broken") && text.contains(kind < 2 ? "4 numbers" : "nan at index 1"), "\(text)")
    #expect(throws: PartialObservationError.self) {
      try PartialObservation(
        Constant(numbers, [1, 2, 3, 4]),
        [Emission(typed: "wide") { _ in Broken(output: bytes) { _ in } }], horizon: nil)
    }
  }

  @Test(arguments: [
    ("hide=9", numbers), ("hide=0,1,2,3", numbers), ("hide=3", mixed), ("hide=wheel", mixed),
    ("gaussian=1,2", numbers), ("gaussian=1", Space.discrete(3)), ("quantize=1", .discrete(3)),
    ("confuse=0.1", numbers), ("poisson", numbers), ("salt-pepper=0.1", numbers), ("delay=10", numbers),
  ])
  func `are refused with the space that they found`(_ emission: String, _ space: Space) throws {
    let error = #expect(throws: PartialObservationError.self) {
      try seen(
        space, Array(repeating: 0, count: space.flattenedSize), through: [emission], horizon: 10)
    }
    let words = "\(try #require(error))"
    #expect(words.contains(emission.contains("delay") ? "10 steps" : emission.prefix(4)))
    if !emission.hasPrefix("delay"), !emission.hasPrefix("gaussian=1,2") {
      #expect(words.contains("\(space)"))
    }
  }

  @Test(arguments: [
    "gaussian=-1", "gaussian=", "gaussian=x", "uniform=inf", "dropout=1.1", "flicker=-0.1", "confuse=0.1,0.2",
    "delay=0", "delay=1.5", "repeat=1.5", "repeat", "quantize=0", "poisson=3", "hide=", "hide=1,,2", "blur=1",
    "",
  ])
  func `are refused before any space is known`(_ emission: String) {
    #expect(throws: EmissionError.self) { try Emission(typed: emission) }
  }

  @Test(arguments: [
    "hide=1,arm", "gaussian=0.1,0.2", "poisson", "salt-pepper=0.25", "delay=2", "repeat=0.25",
  ])
  func `are typed as they are read`(_ emission: String) throws {
    #expect(try Emission(typed: emission).typed == emission)
  }
}
