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
  private var (done, killed) = ([Int](), [Int]())
  private var told: ContinuousClock.Instant?

  /// The time between two tellings.
  private static let interval = Duration.milliseconds(100)

  /// The trials, in the order in which they begin.
  init(_ trials: Range<Int>, among ranks: RankExchange) { (waiting, self.ranks) = (Array(trials), ranks) }

  mutating func stop() { isStopped = true }
  mutating func ended(_ index: Int) { done.append(index) }

  mutating func triesElsewhere(_ index: Int) -> Bool {
    guard ranks.count > 1, killedIn[index] == nil else { return false }
    killed.append(index)
    return true
  }

  mutating func next(free: Int, isIdle: Bool) throws(ExperimentError) -> [Int]? {
    if let told, case let left = Self.interval - told.duration(to: .now), left > .zero {
      guard isIdle else { return [] }
      usleep(UInt32(left / .microseconds(1)))
    }
    told = .now
    let line = Line(free: free, isStopped: isStopped, done: done, killed: killed)
    (done, killed) = ([], [])
    let lines = try ranks.gather(line.text).map { Line($0) }
    for (rank, line) in lines.enumerated() {
      if line.isStopped { isStopped = true }
      for index in line.done { running[index] = nil }
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
    var (free, isStopped) = (0, false)
    var (done, killed) = ([Int](), [Int]())

    init(free: Int, isStopped: Bool, done: [Int], killed: [Int]) {
      (self.free, self.isStopped, self.done, self.killed) = (free, isStopped, done, killed)
    }

    init(_ text: String) {
      let parts = text.split(separator: ";", omittingEmptySubsequences: false).map {
        $0.split(separator: ",").compactMap { Int($0) }
      }
      guard parts.count == 4 else { return }
      (free, isStopped, done, killed) = (parts[0].first ?? 0, parts[1].first == 1, parts[2], parts[3])
    }

    var text: String {
      [[free], [isStopped ? 1 : 0], done, killed].map { $0.map(String.init).joined(separator: ",") }
        .joined(separator: ";")
    }
  }

  // MARK: Trials

  /// Tells the other ranks which trials wait.
  static func tell(_ trials: [Trial], to ranks: RankExchange) throws(ExperimentError) {
    let all = trials.map { trial in
      JSON.object([
        ("group", .text(trial.group)), ("seed", .unsigned(trial.seed)),
        ("arguments", .array(trial.arguments.map { .text($0) })),
      ])
    }
    _ = try ranks.gather(JSON.array(all).line)
  }

  /// The trials that rank 0 tells; nil once it has said that it is over.
  static func told(by ranks: RankExchange) throws(ExperimentError) -> [Trial]? {
    struct Told: Codable {
      var group: String
      var seed: UInt64
      var arguments: [String]
    }
    let text: String
    do throws(ExperimentError) {
      text = try ranks.gather("")[0]
    } catch {
      guard ranks.isOver else { throw error }
      return nil
    }
    guard let all = try? JSONText.decode([Told].self, from: Array(text.utf8)[...]) else {
      throw .machine("rank 0 has told something that is no list of trials")
    }
    return all.map { Trial(group: $0.group, seed: $0.seed, arguments: $0.arguments) }
  }
}
