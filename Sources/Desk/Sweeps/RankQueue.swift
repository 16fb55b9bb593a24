import AscentExperiments
import Glibc

/// The queue of trials that several ranks share.
///
/// Ten times a second all ranks tell each other how many processes may begin and which trials ended. So each of them knows
/// the whole queue, and all come to the same next trials, without one that gives them out.
struct RankQueue: TrialQueue {
  private let ranks: RankExchange
  private var waiting: [Int]
  /// The rank of each trial that runs.
  private var running: [Int: Int] = [:]
  /// The rank in which a trial was killed.
  private var killedIn: [Int: Int] = [:]
  private(set) var isStopped = false
  private(set) var madeElsewhere: Set<Int> = []
  /// What this rank tells next: trials that are made, that were interrupted, and that were killed.
  private var (made, unmade, killed) = ([Int](), [Int](), [Int]())
  private var lastMeeting: ContinuousClock.Instant?

  /// The time between two tellings.
  private static let interval = Duration.milliseconds(100)

  /// The trials, in the order in which they begin.
  init(_ trials: Range<Int>, among ranks: RankExchange) { (waiting, self.ranks) = (Array(trials), ranks) }

  mutating func stop() { isStopped = true }

  mutating func ended(_ index: Int, isWritten: Bool) {
    if isWritten { made.append(index) } else { unmade.append(index) }
  }

  mutating func triesElsewhere(_ index: Int) -> Bool {
    guard ranks.count > 1, killedIn[index] == nil else { return false }
    killed.append(index)
    return true
  }

  mutating func next(free: Int, isIdle: Bool) throws(ExperimentError) -> [Int]? {
    if let lastMeeting, case let rest = Self.interval - lastMeeting.duration(to: .now), rest > .zero {
      guard isIdle else { return [] }
      usleep(UInt32(rest / .microseconds(1)))
    }
    lastMeeting = .now
    let line = Line(free: free, isStopped: isStopped, made: made, unmade: unmade, killed: killed)
    (made, unmade, killed) = ([], [], [])
    var lines: [Line] = []
    for text in try ranks.gather(line.text) { lines.append(try Line(text)) }
    for (rank, line) in lines.enumerated() {
      if line.isStopped { isStopped = true }
      if rank != ranks.rank { madeElsewhere.formUnion(line.made) }
      for index in line.made + line.unmade { running[index] = nil }
      for index in line.killed {
        (running[index], killedIn[index]) = (nil, rank)
        waiting.insert(index, at: 0)
      }
    }
    if isStopped { waiting = [] }
    var places = lines.map(\.free)
    var own: [Int] = []
    var left: [Int] = []
    for index in waiting {
      let able = places.indices.filter { places[$0] > 0 && killedIn[index] != $0 }
      // The one with most room, and the first among equals.
      guard let rank = able.max(by: { places[$0] < places[$1] || places[$0] == places[$1] && $0 > $1 }) else {
        left.append(index)
        continue
      }
      places[rank] -= 1
      running[index] = rank
      if rank == ranks.rank { own.append(index) }
    }
    waiting = left
    return waiting.isEmpty && running.isEmpty ? nil : own
  }

  /// What a rank tells.
  private struct Line {
    let (free, isStopped): (Int, Bool)
    let (made, unmade, killed): ([Int], [Int], [Int])

    init(free: Int, isStopped: Bool, made: [Int], unmade: [Int], killed: [Int]) {
      (self.free, self.isStopped) = (free, isStopped)
      (self.made, self.unmade, self.killed) = (made, unmade, killed)
    }

    init(_ text: String) throws(ExperimentError) {
      let parts = text.split(separator: ";", omittingEmptySubsequences: false).map {
        $0.split(separator: ",").compactMap { Int($0) }
      }
      guard parts.count == 5, parts[0].count == 1, parts[1].count == 1 else {
        throw .machine("a rank has told something that is no state of trials")
      }
      (free, isStopped) = (parts[0][0], parts[1][0] == 1)
      (made, unmade, killed) = (parts[2], parts[3], parts[4])
    }

    var text: String {
      [[free], [isStopped ? 1 : 0], made, unmade, killed].map { $0.map(String.init).joined(separator: ",") }
        .joined(separator: ";")
    }
  }

  // MARK: Trials

  /// Tells the other ranks which trials wait, and the mark by which they know the folder.
  static func tell(_ trials: [Trial], mark: String, to ranks: RankExchange) throws(ExperimentError) {
    let all = trials.map { trial in
      JSON.object([
        ("group", .text(trial.group)), ("seed", .unsigned(trial.seed)),
        ("arguments", .array(trial.arguments.map { .text($0) })),
      ])
    }
    _ = try ranks.gather(JSON.object([("mark", .text(mark)), ("trials", .array(all))]).line)
  }

  /// The trials that rank 0 tells, and the mark of its folder; nil once it has said that it is over.
  static func received(from ranks: RankExchange) throws(ExperimentError) -> (trials: [Trial], mark: String)? {
    struct Message: Codable {
      struct One: Codable {
        var group: String
        var seed: UInt64
        var arguments: [String]
      }
      var mark: String
      var trials: [One]
    }
    let text: String
    do throws(ExperimentError) {
      text = try ranks.gather("")[0]
    } catch {
      guard ranks.isOver else { throw error }
      return nil
    }
    guard let message = try? JSONText.decode(Message.self, from: Array(text.utf8)[...]) else {
      throw .machine("rank 0 has told something that is no list of trials")
    }
    let trials = message.trials.map { Trial(group: $0.group, seed: $0.seed, arguments: $0.arguments) }
    return (trials, message.mark)
  }
}
