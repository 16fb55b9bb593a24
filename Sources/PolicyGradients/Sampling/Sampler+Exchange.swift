internal import AscentEnvironments
internal import AscentMathematics
internal import AscentPolicies

extension Sampler {
  /// Sends this process's lanes to the other processes and receives theirs; returns true if all lanes are complete.
  mutating func exchange(_ rollout: inout Rollout, _ states: inout [[UInt8]], _ isWhole: Bool) -> Bool {
    collective.write([isWhole ? 1 : 0])
    for lane in isWhole ? lanes.hosted : 0..<0 {
      rollout.lanes[lane].write(to: collective, areSpread: spreadsObservations)
      collective.write(acting.memory[lane])
      collective.write([states[lane].count])
      collective.write(states[lane])
    }
    collective.meet()
    guard collective.failure == nil else { return false }
    var episodesBegun = lanes.episodesBegun
    for other in 0..<collective.count where other != collective.rank {
      var flag = [0]
      collective.read(from: other, into: &flag)
      guard isWhole, flag[0] == 1 else { return false }
      for lane in collective.share(of: lanes, rank: other) {
        rollout.lanes[lane].read(from: other, of: collective, areSpread: spreadsObservations)
        collective.read(from: other, into: &acting.memory[lane])
        var size = [0]
        collective.read(from: other, into: &size)
        states[lane] = Array(repeating: 0, count: size[0])
        collective.read(from: other, into: &states[lane])
        guard let episode = rollout.lanes[lane].episodes.last else { continue }
        episodesBegun[lane] = episode.number + 1
      }
    }
    lanes.restore(episodesBegun: episodesBegun)
    if spreadsObservations { rollout.spread = ObservationSpread(of: rollout, with: collective) }
    return collective.failure == nil
  }
}

extension Collective {
  /// The lanes of a process; whole vectors if the environments are vectorized.
  func share(of lanes: Lanes, rank: Int) -> Range<Int> {
    share(of: lanes.count, unit: lanes.unit, rank: rank)
  }

  /// The lanes of a process, in blocks of `unit` neighboring lanes.
  public func share(of total: Int, unit: Int, rank: Int) -> Range<Int> {
    Require.number(unit, of: "number of lanes of a block", from: 1)
    Require.number(total, of: "number of lanes or leaves", from: 0)
    Require.index(rank, of: "rank", in: 0..<count)
    return Shares(count: count).share(of: total, unit: unit, rank: rank)
  }
}
