import AscentPolicies
import Testing

@Suite struct `A coordinate of actions` {
  static let all: [ActionCoordinate] = [
    .environment, .squashed(low: -2, high: 2), .squashed(low: 100, high: 200), .unit(low: -2, high: 2),
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
    for map in Self.all.dropFirst() {
      guard let (low, high) = map.openBounds else { continue }
      for a in [low, high, low - 1, high + 1] { #expect(map.recorded(at: Double(a)) == nil, "\(map), \(a)") }
      #expect(map.recorded(at: Double(low.nextUp)) != nil && map.recorded(at: Double(high.nextDown)) != nil)
    }
    #expect(ActionCoordinate.environment.recorded(at: 3) == 3)
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
        #expect(abs(Double(applied[k]) - map.position(of: own[k])) <= 4e-7 * max(1, abs(Double(applied[k]))))
      }
    }
  }
}
