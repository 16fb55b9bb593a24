import AscentPolicies
import AscentRandomness
import Testing

@testable import AscentPolicyGradients

/// The mean and Σ (x − mean)² in two passes.
private func twoPasses(_ rows: [[Float]], _ column: Int) -> (mean: Double, squares: Double) {
  let x = rows.map { Double($0[column]) }
  let mean = x.reduce(0, +) / Double(x.count)
  return (mean, x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
}

/// Rows of three columns: around 0; at 1e6 ± 1e-2, where one float of 38 is the next one, 1/16 higher; and at
/// 1e5 ± 1e-2.
private func wildRows(_ count: Int) throws -> [[Float]] {
  let stream = try RandomStream(StreamKey(seed: 4, purpose: .environment))
  return (0..<count).map { _ in
    [
      Float(stream.standardNormal()), stream.uniform() < 0.0263 ? 1_000_000.0625 : 1_000_000,
      Float(100_000 + 0.01 * stream.standardNormal()),
    ]
  }
}

private func moments(_ rows: [[Float]]) -> RunningMoments {
  var moments = RunningMoments(columns: 3)
  for row in rows { moments.add(row.span) }
  return moments
}

@Suite struct `Running moments` {
  /// One part, rows one by one, uneven parts, empty parts: whatever is joined, in both ways of joining.
  @Test(arguments: [
    [1000], Array(repeating: 1, count: 1000), [1, 998, 1], [0, 333, 0, 667], [7, 500, 493, 0],
  ])
  func `are those of two passes, however the rows are split`(sizes: [Int]) throws {
    let rows = try wildRows(1000)
    var (parts, first) = ([RunningMoments](), 0)
    for size in sizes {
      parts.append(moments(Array(rows[first..<first + size])))
      first += size
    }
    var (joined, tree) = (RunningMoments(columns: 3), RunningMoments(columns: 3))
    for part in parts { joined.add(part) }
    tree.add(lanes: parts)
    for found in [joined, tree] {
      #expect(found.count == 1000)
      for column in 0..<3 {
        let (mean, squares) = twoPasses(rows, column)
        #expect(abs(found.mean[column] - mean) < 1e-13 * max(1, abs(mean)))
        // The rounding of a mean of 1e6 is 1e-10, which is 1e-8 of the deviation.
        #expect(abs(found.squares[column] - squares) < 1e-6 * squares)
        #expect(abs(found.variance(column) - squares / 1000) < 1e-6 * squares / 1000)
      }
    }
    #expect(abs(joined.variance(1).squareRoot() - 1e-2) < 2e-3, "the data are what they should be")
  }

  @Test func `have the variance 1 before there are any`() {
    #expect(RunningMoments(columns: 2).variance(1) == 1)
    #expect(moments([[3, 3, 3]]).variance(0) == 0)
  }

  @Test func `are restored from their record, and only from one of their size`() throws {
    let rows = try wildRows(60)
    let (whole, half) = (moments(rows), moments(Array(rows[..<30])))
    var restored = RunningMoments(columns: 3)
    restored.record = half.record
    #expect(restored == half)
    for row in rows[30...] { restored.add(row.span) }
    #expect(restored == whole)
    restored.record = [1, 2, 3]
    #expect(restored == whole)
  }
}

@Suite struct `A standardizer` {
  private let policy: Policy

  init() throws {
    policy = try Policy(
      featureSize: 3, factors: [.categorical(2)],
      architecture: Architecture(hidden: [4], standardizes: true))
  }

  private func parameters() throws -> Parameters {
    policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
  }

  private func rollout(_ rows: [[Float]], lanes sizes: [Int]) -> Rollout {
    var (rollout, first) = (Rollout(laneCount: sizes.count, observationSize: 3, actionSize: 1), 0)
    for (l, size) in sizes.enumerated() {
      rollout.lanes[l].take(rows[first..<first + size].flatMap(\.self), endingIn: [0, 0, 0])
      rollout.lanes[l].rewards = Array(repeating: 0, count: size)
      rollout.lanes[l].episodes = size > 0 ? [.at(0..<size, .cut)] : []
      first += size
    }
    return rollout
  }

  @Test(arguments: [[256, 256], [512, 0], [1, 2, 509], Array(repeating: 64, count: 8)])
  func `does not depend on how steps are spread over lanes`(sizes: [Int]) throws {
    // Of columns that lie near 0: at 1e6, a rounding of 1e-16 is 1e-8 of a deviation of 1e-2.
    let rows = try wildRows(512).map { row in [row[0], 3 + row[0] * row[0], 5 * row[0] - 1] }
    var (one, spread) = (Standardizer(policy), Standardizer(policy))
    var (θ, φ) = (try parameters(), try parameters())
    one.absorb(rollout(rows, lanes: [512]), into: &θ, with: Alone())
    spread.absorb(rollout(rows, lanes: sizes), into: &φ, with: Alone())
    for (x, y) in zip(one.record, spread.record) { #expect(abs(x - y) <= 1e-12 * max(1, abs(x))) }
    for (x, y) in zip(θ.values, φ.values) { #expect(abs(x - y) <= 2e-7 * abs(x)) }
  }

  @Test(arguments: 2...5) func `has the same bits if processes share the lanes out`(count: Int) throws {
    let all = rollout(try wildRows(300), lanes: [120, 0, 80, 30, 70])
    var (alone, θ) = (Standardizer(policy), try parameters())
    for _ in 0..<2 { alone.absorb(all, into: &θ, with: Alone()) }
    let (policy, initial) = (policy, try parameters())
    let found = try ThreadTeam.run(count) { team in
      var (standardizer, φ) = (Standardizer(policy), initial)
      for _ in 0..<2 { standardizer.absorb(all, into: &φ, with: team) }
      return (standardizer.record, φ.values)
    }
    for (record, values) in found { #expect(record == alone.record && values == θ.values) }
  }

  @Test func `writes the means and the inverse deviations behind what is learned`() throws {
    let rows = try wildRows(400)
    var (standardizer, θ) = (Standardizer(policy), try parameters())
    let before = θ
    for chunk in [rows[..<100], rows[100...]] {
      standardizer.absorb(rollout(Array(chunk), lanes: [40, chunk.count - 40]), into: &θ, with: Alone())
    }
    for column in 0..<3 {
      let (mean, squares) = twoPasses(rows, column)
      let scale = 1 / (squares / 400 + 1e-8).squareRoot()
      #expect(θ.values[policy.standardRange.lowerBound + column] == Float(mean))
      let found = Double(θ.values[policy.standardRange.lowerBound + 3 + column])
      #expect(abs(found - scale) < 1e-6 * scale)
    }
    #expect(θ.values[..<policy.learnedCount] == before.values[..<policy.learnedCount])
  }

  @Test func `goes on from its record to the same bits`() throws {
    let rows = try wildRows(300)
    var (whole, first) = (Standardizer(policy), Standardizer(policy))
    var (θ, φ) = (try parameters(), try parameters())
    let parts = [
      rollout(Array(rows[..<120]), lanes: [50, 70]), rollout(Array(rows[120...]), lanes: [90, 90]),
    ]
    for part in parts { whole.absorb(part, into: &θ, with: Alone()) }
    first.absorb(parts[0], into: &φ, with: Alone())
    var second = Standardizer(policy)
    second.record = first.record
    second.absorb(parts[1], into: &φ, with: Alone())
    #expect(θ == φ && whole.record == second.record)
  }
}

@Suite struct `The scale of returns` {
  private func rollout(_ lanes: [[(rewards: [Double], end: Trajectory.End)]]) -> Rollout {
    var rollout = Rollout(laneCount: lanes.count, observationSize: 1, actionSize: 1)
    for (l, episodes) in lanes.enumerated() {
      for (number, episode) in episodes.enumerated() {
        let first = rollout.lanes[l].rewards.count
        rollout.lanes[l].rewards += episode.rewards
        rollout.lanes[l].episodes.append(
          .at(first..<first + episode.rewards.count, episode.end, number: number))
      }
    }
    return rollout
  }

  /// With γ = ½, R is 2, then ½·2 + 4 = 5; anew 6, then, across the cut, ½·6 + 1 = 4; anew, after a truncation, 4.
  ///
  /// Their mean is 4.2, Σ (R − 4.2)² = 4.84 + 0.64 + 3.24 + 0.04 + 0.04 = 8.8, the variance 1.76.
  @Test func `is the deviation that is derived by hand`() {
    var scale = ReturnScale(discount: 0.5, laneCount: 1)
    scale.absorb(rollout([[([2, 4], .terminated), ([6], .cut)]]))
    scale.absorb(rollout([[([1], .truncated), ([4], .cut)]]))
    let deviation = 1.76.squareRoot()
    #expect(abs(scale.scaled(3) - 3 / deviation) < 1e-7)
    #expect(scale.scaled(0) == 0)
    #expect(scale.scaled(1e6) == 10 && scale.scaled(-1e6) == -10)
  }

  @Test func `is 1 before there is anything to scale by`() {
    let scale = ReturnScale(discount: 0.5, laneCount: 1)
    #expect(abs(scale.scaled(3) - 3) < 1e-7)
  }

  /// Lanes remember their own open returns.
  @Test func `goes on from its record to the same bits`() {
    let parts = [
      rollout([[([2, 4], .terminated), ([6], .cut)], [([1, -1, 5], .cut)]]),
      rollout([[([1, 1], .cut)], [([3], .truncated), ([8], .cut)]]),
    ]
    var (whole, first) = (
      ReturnScale(discount: 0.9, laneCount: 2), ReturnScale(discount: 0.9, laneCount: 2)
    )
    for part in parts { whole.absorb(part) }
    first.absorb(parts[0])
    var second = ReturnScale(discount: 0.9, laneCount: 2)
    second.record = first.record
    #expect(second.scaled(1) == first.scaled(1))
    second.absorb(parts[1])
    #expect(second.record == whole.record && second.scaled(1) == whole.scaled(1))
    second.record = [1]
    #expect(second.record == whole.record, "a record of another size is not taken")
  }
}

extension ReturnScale {
  /// Counts a rollout's rewards in as they are.
  fileprivate mutating func absorb(_ rollout: Rollout) { absorb(rollout.lanes.map(\.rewards), rollout) }
}
