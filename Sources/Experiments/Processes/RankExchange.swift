internal import AscentPolicyGradients

/// What the ranks of mpirun tell each other beside a run, such as which trials of a sweep each of them makes.
///
/// All ranks must call ``gather(_:)`` equally often.
package final class RankExchange {
  private let team: any Team

  /// The exchange of the ranks that were started with this process; nil if it was started alone.
  package init?() {
    #if MPI
    guard let ranks = Ranks.team() else { return nil }
    team = ranks
    #else
    return nil
    #endif
  }

  /// The index of this rank.
  package var rank: Int { team.rank }
  /// The number of ranks.
  package var count: Int { team.count }

  /// Checks that all ranks are the same program with the same arguments.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` in all of them if one is not.
  package func introduce() throws(ExperimentError) {
    try Introduction.compare(.ofProgram(), in: team)
  }

  /// Tells all ranks a text, and returns what each of them tells.
  ///
  /// - Throws: ``ExperimentError`` once a rank has ended or was lost.
  package func gather(_ text: String) throws(ExperimentError) -> [String] {
    let all = team.gather(Array(text.utf8))
    if let failure = team.failure { throw .learner(.collective(failure)) }
    return all.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The seconds of a meeting to which each rank brings so many numbers of 4 bytes: the median of `count` meetings.
  ///
  /// - Throws: ``ExperimentError`` once a rank has ended or was lost.
  package func secondsOfMeeting(numbers: Int, count: Int) throws(ExperimentError) -> Double {
    let own = Array(repeating: Float(1), count: numbers)
    var others = own
    var seconds: [Double] = []
    for _ in 0..<count {
      let began = ContinuousClock.now
      team.write(own)
      team.meet()
      for other in 0..<team.count where other != team.rank { team.read(from: other, into: &others) }
      seconds.append(began.duration(to: .now).seconds)
      if let failure = team.failure { throw .learner(.collective(failure)) }
    }
    return seconds.sorted()[seconds.count / 2]
  }

  /// The name and version of MPI.
  package var library: String {
    #if MPI
    Ranks.library
    #else
    ""
    #endif
  }

  /// Ends the exchange for all ranks by an error of this one.
  package func end(_ error: ExperimentError) { team.end(code: error.exitCode, "\(error)") }

  /// True if rank 0 has said that it is over.
  package var isOver: Bool { team.failure?.code == 0 }
}

extension Ranks {
  /// Hides from the processes that this one starts that they are below mpirun: each of them is a run by itself.
  package static func hideFromChildren() {
    _ = started
    for (rank, count) in names {
      ChildProcess.removeVariable(rank)
      ChildProcess.removeVariable(count)
    }
  }
}
