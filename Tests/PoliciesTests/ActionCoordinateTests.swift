import AscentPolicies
import Foundation
import Testing

@Suite struct `A coordinate of actions` {
  static let all: [ActionCoordinate] = [
    .environment, .scaled(low: 100, high: 200), .scaled(low: -0.5, high: 3), .squashed(low: -2, high: 2),
    .squashed(low: 100, high: 200), .unit(low: -2, high: 2),
    .unit(low: 100, high: 200),
  ]

  /// A float32 has 24 bits: u is found again but for the rounding of its own number, and where tanh is nearly flat
  /// for that of the position.
  @Test(arguments: all)
  func `finds what was recorded from the environment's number`(_ map: ActionCoordinate) throws {
    for u in stride(from: Float(0.03), to: 1, by: 0.07) {
      let found = try #require(map.recorded(at: map.position(of: u)))
      #expect(abs(found - u) <= 2 * u.ulp, "\(map), \(u)")
    }
  }

  @Test func `has no number at open bounds or outside`() {
    for map in Self.all {
      guard let (low, high) = map.openBounds else { continue }
      for a in [low, high, low - 1, high + 1] { #expect(map.recorded(at: Double(a)) == nil, "\(map), \(a)") }
      #expect(map.recorded(at: Double(low.nextUp)) != nil && map.recorded(at: Double(high.nextDown)) != nil)
    }
    #expect(ActionCoordinate.environment.recorded(at: 3) == 3)
    #expect(ActionCoordinate.scaled(low: 100, high: 200).recorded(at: 250) == 2)
  }

  @Test func `is in units of a box that has two bounds and is not its own unit`() {
    #expect(ActionCoordinate.units(ofBoxFrom: 100, to: 200).units == (150, 50))
    #expect(ActionCoordinate.units(ofBoxFrom: -0.5, to: 3).units == (1.25, 1.75))
    for (low, high) in [
      (-1, 1), (0, .infinity), (-.infinity, .infinity), (2, 2),
      (-Float.greatestFiniteMagnitude, Float.greatestFiniteMagnitude),
    ] as [(Float, Float)] {
      #expect(ActionCoordinate.units(ofBoxFrom: low, to: high) == .environment, "\(low), \(high)")
    }
  }

  /// The density of a = middle + half u at a is that of u divided by half, and the entropy is larger by log half.
  @Test(arguments: [GaussianFamily.Deviation.free, .network, .exploring])
  func `changes densities and entropies of a Gaussian by constants`(_ deviation: GaussianFamily.Deviation)
    throws
  {
    let boxes = PolicyCase.boxes
    func policy(_ family: GaussianFamily) throws -> Policy {
      try Policy(featureSize: 4, factors: [family], architecture: Architecture(hidden: [8, 5], headGain: 1))
    }
    let (scaled, plain) = (
      PolicyCase(name: "scaled", policy: try policy(GaussianFamily(deviation, inUnitsOf: boxes))),
      PolicyCase(name: "plain", policy: try policy(GaussianFamily(4, deviation)))
    )
    let θ = try plain.parameters()
    let (a, b) = (try scaled.acted(θ), try plain.acted(θ))
    #expect(a.actions == b.actions)
    let constant = zip(boxes.low, boxes.high).reduce(0) { sum, bounds in
      sum + log(Double(ActionCoordinate.units(ofBoxFrom: bounds.0, to: bounds.1).units.half))
    }
    for row in 0..<PolicyCase.rows { #expect(abs(a.logs[row] - (b.logs[row] - constant)) < 1e-9) }
    let (ones, zeros) = (
      Array(repeating: 1.0, count: PolicyCase.rows), Array(repeating: 0.0, count: PolicyCase.rows)
    )
    let difference =
      scaled.objective(θ, a.actions, zeros, ones, zeros) - plain.objective(θ, a.actions, zeros, ones, zeros)
    #expect(abs(difference - constant * Double(PolicyCase.rows)) < 1e-9)
  }

  @Test(arguments: PolicyCase.all)
  func `says where the environment acts`(_ one: PolicyCase) throws {
    let (policy, n) = (one.policy, one.policy.actionSize)
    let (drawn, _) = try one.acted(try one.parameters())
    #expect(policy.actionCoordinates.count == n)
    var applied = Array(repeating: Float(0), count: n)
    for row in 0..<PolicyCase.rows {
      let own = Array(drawn[row * n..<(row + 1) * n])
      var span = applied.mutableSpan
      policy.apply(own.span, into: &span)
      for k in 0..<n {
        let map = try #require(policy.actionCoordinates[k])
        let size = max(1, Double(abs(applied[k])), Double(abs(map.units.middle)))
        #expect(abs(Double(applied[k]) - map.position(of: own[k])) <= 4e-7 * size)
      }
    }
  }
}
