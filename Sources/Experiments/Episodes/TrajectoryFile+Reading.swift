internal import AscentEnvironments
internal import AscentPolicies
internal import FoundationEssentials

/// An episode that was read from a file.
struct LoggedEpisode {
  /// o(0) … o(T−1), [step × feature].
  var observations: [Float]
  /// a(0) … a(T−1) as the policy that reads them records them, [step × value].
  var actions: [Float]
  /// The numbers of actions that the policy never acts with; `actions` has numbers in their place.
  var unreachable: [LoggedActions.Unreachable] = []
  /// True for each number of an action that reached a bound of its box in some step.
  var goesBeyond: [Bool] = []
  /// True if the file has the actions as they were drawn.
  var hasDrawnActions = false
  /// r(0) … r(T−1).
  var rewards: [Double]
  /// log π̄(a∣o) of the policy that acted; nil unless the file has it for every step.
  var logProbabilities: [Double]?
  /// True if the episode ended in a terminal state.
  var isTerminated: Bool
  /// The number of its line in the file.
  var line: Int
}

extension TrajectoryFile {
  /// Opens a file, or the Minari data set of `minari:NAME` through the Python interpreter.
  static func open(_ path: String, host: Host) throws(ExperimentError) -> LineReader {
    let prefix = "minari:"
    guard path.hasPrefix(prefix) else { return try LineReader(path) }
    let name = String(path.dropFirst(prefix.count))
    return LineReader(try host.hosting(of: path).lines(ofDataSet: name, host.catalog), named: path)
  }

  /// The environment that the first line names, or nil.
  public static func environment(of path: String, host: Host) throws(ExperimentError) -> String? {
    struct First: Decodable { var environment: String? }
    var reader = try open(path, host: host)
    guard let bytes = try reader.next() else { throw .damaged(file: path, reason: "it is empty") }
    guard let first = try? JSONText.decode(First.self, from: bytes[...]) else {
      throw .damaged(file: path, reason: "line 1 is not JSON; was the file cut off there?")
    }
    return first.environment
  }

  /// Reads the episodes one by one and validates each, with the actions in the policy's coordinates.
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)`` with the number of the bad line.
  static func read(
    _ path: String, for policy: Policy, lanes: Lanes, host: Host,
    _ body: (LoggedEpisode) throws(ExperimentError) -> Void
  ) throws(ExperimentError) {
    var reader = try open(path, host: host)
    let logged = LoggedActions(for: policy, in: lanes.actionSpace)
    while let bytes = try reader.next() {
      guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
      let line = reader.number
      let found: Line
      do {
        found = try JSONText.decode(Line.self, from: bytes[...])
      } catch {
        throw .damaged(file: path, reason: "line \(line) \(complaint(about: error))")
      }
      do {
        try body(try found.episode(line, lanes, logged))
      } catch let fault as LineFault {
        throw .damaged(file: path, reason: "line \(line) \(fault.reason)")
      } catch let error as ExperimentError {
        throw error
      } catch {
        throw .damaged(file: path, reason: "line \(line): \(error)")
      }
    }
  }

  private static func complaint(about error: any Error) -> String {
    func location(_ path: [any CodingKey]) -> String {
      path.reduce("") { text, key in
        key.intValue.map { "\(text)[\($0)]" }
          ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
      }
    }
    switch error {
    case let excess as JSONText.Excess: return excess.description
    case DecodingError.keyNotFound(let key, _): return "has no '\(key.stringValue)'"
    case DecodingError.valueNotFound(_, let context), DecodingError.typeMismatch(_, let context):
      return "has no usable value at \(location(context.codingPath))"
    default: return "is not JSON; was the file cut off there?"
    }
  }
}

/// The reason why a line is not valid.
struct LineFault: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// A line as decoded from JSON.
private struct Line: Decodable {
  var observations: [[Float]]
  var actions: [Action]
  var drawnActions: [Action]?
  var drawnAs: [DrawnAs]?
  var rewards: [Double]
  var logProbabilities: [Double?]?
  var terminated: Bool
  var truncated: Bool

  enum CodingKeys: String, CodingKey {
    case observations, actions, rewards, terminated, truncated
    case drawnActions = "drawn_actions"
    case drawnAs = "drawn_as"
    case logProbabilities = "log_probabilities"
  }

  /// An action: an index, or the values of a box.
  enum Action: Decodable {
    case index(Int)
    case values([Float])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let index = try? container.decode(Int.self) {
        self = .index(index)
      } else {
        self = .values(try container.decode([Float].self))
      }
    }
  }

  func episode(_ line: Int, _ lanes: Lanes, _ reading: LoggedActions) throws -> LoggedEpisode {
    let steps = rewards.count
    guard steps > 0 else { throw LineFault("has no step") }
    guard observations.count == steps + 1 else {
      throw LineFault("has \(observations.count) observations for \(steps) rewards; there should be one more")
    }
    guard actions.count == steps, drawnActions.map({ $0.count == steps }) ?? true else {
      throw LineFault("has \(actions.count) actions for \(steps) rewards")
    }
    if let bad = rewards.firstIndex(where: { !$0.isFinite }) {
      throw LineFault("has a reward [\(bad)] that is not finite")
    }
    guard terminated != truncated else {
      throw LineFault(
        "is \(terminated ? "both" : "neither") terminated \(terminated ? "and" : "nor") truncated")
    }
    var logged = LoggedEpisode(
      observations: [], actions: [], rewards: rewards, logProbabilities: nil, isTerminated: terminated,
      line: line)
    let indices = lanes.observationSpace.indices
    for (t, o) in observations.enumerated() {
      guard o.count == lanes.observationSize else {
        throw LineFault(
          "has an observation [\(t)] of \(o.count) numbers; the environment's have \(lanes.observationSize)"
            + " (--set environment.action_masks, frame_stack and also_observe as when the file was written)")
      }
      guard o.allSatisfy(\.isFinite) else { throw LineFault("has an observation [\(t)] that is not finite") }
      for (feature, count) in indices
      where !(-1..<Float(count)).contains(o[feature]) || o[feature] != o[feature].rounded() {
        throw LineFault(
          "has an observation [\(t)] whose number [\(feature)] is \(o[feature]), not an index of \(count) choices"
        )
      }
      if t < steps { logged.observations += o }
    }
    try readActions(reading, lanes, into: &logged)
    logged.logProbabilities = try behavior(steps)
    return logged
  }

  private func readActions(
    _ reading: LoggedActions, _ lanes: Lanes, into logged: inout LoggedEpisode
  ) throws {
    let received = try actions.enumerated().map { try values($1, $0, lanes) }
    var read: LoggedActions.Read
    if let drawn = try drawnActions?.enumerated().map({ try values($1, $0, lanes) }) {
      let maps = try drawnAs.map(reading.maps) ?? reading.maps(from: drawn, to: received)
      read = try reading.read(drawn, as: maps)
      logged.hasDrawnActions = true
    } else {
      read = try reading.read(received, as: Array(repeating: .environment, count: lanes.actionSize))
    }
    (logged.actions, logged.unreachable) = (read.actions, read.unreachable)
    logged.goesBeyond = read.goesBeyond
  }

  private func values(_ action: Action, _ t: Int, _ lanes: Lanes) throws -> [Float] {
    if let count = lanes.actionSpace.discreteCount {
      guard case .index(let a) = action, (0..<count).contains(a) else {
        throw LineFault("has an action [\(t)] that is no index below \(count)")
      }
      return [Float(a)]
    }
    guard case .values(let values) = action, values.count == lanes.actionSize, values.allSatisfy(\.isFinite)
    else {
      throw LineFault("has an action [\(t)] that is not \(lanes.actionSize) finite numbers")
    }
    for (value, count) in zip(values, lanes.actionSpace.choiceCounts) {
      guard let count else { continue }
      guard let choice = Int(exactly: value), (0..<count).contains(choice) else {
        throw LineFault("has an action [\(t)] with \(value) where an index below \(count) belongs")
      }
    }
    return values
  }

  /// The log-probabilities of all steps; nil if the line has none, or a null, which marks an action that was not drawn.
  private func behavior(_ steps: Int) throws -> [Double]? {
    guard let logProbabilities else { return nil }
    guard logProbabilities.count == steps else {
      throw LineFault("has \(logProbabilities.count) log_probabilities for \(steps) rewards")
    }
    let known = logProbabilities.compactMap(\.self)
    guard known.count == steps else { return nil }
    if let bad = known.firstIndex(where: { !$0.isFinite }) {
      throw LineFault("has a log-probability [\(bad)] that is not finite")
    }
    return known
  }
}
