internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

/// The state of a run between two iterations: everything that the next iteration depends on.
///
/// Random streams are addressed by (seed, purpose, lane, episode), so their whole state is the lanes' episode counters.
/// An environment in the middle of an episode is restored by repeating the actions of that episode.
struct Checkpoint {
  /// The learner's state.
  var state: LearnerState
  /// The number of episodes begun in each lane.
  var episodesBegun: [Int]
  /// The SHA-256 of the rows of metrics.csv so far; nil in files of earlier versions.
  var metrics: [UInt8]?
  /// The last episodes that ended; empty in files of earlier versions.
  var recent = RecentEpisodes()
  /// The evaluations so far, and the best policy among them.
  var evaluations = EvaluationRecord()

  init(state: LearnerState, episodesBegun: [Int], metrics: [UInt8]? = nil) {
    (self.state, self.episodesBegun, self.metrics) = (state, episodesBegun, metrics)
  }

  /// The name and version of the format; files of other versions are refused.
  static let format = "ascent-checkpoint-3"

  /// The limit on counts of episodes and iterations, half of what fits into the 32 bits of a stream's key.
  private static let mostKeyed = Int(UInt32.max / 2)
  /// The limit on all other counters; a run has at most 10¹² steps.
  private static let mostCounted = 1_000_000_000_000_000

  /// The file.
  ///
  /// `settings` is the text that must be equal for a run to be resumed.
  func file(settings: String) -> Safetensors {
    let size = state.parameters.values.count
    var tensors = [Safetensors.Tensor("parameters", state.parameters.values, shape: [size])]
    tensors += state.moments.filter { !$0.values.isEmpty }.map {
      Safetensors.Tensor("optimizer.\($0.name)", $0.values, shape: [$0.values.count])
    }
    let counters = [state.parameters.version, state.iteration, state.steps] + state.optimizerSteps
    tensors.append(Safetensors.Tensor("counters", integers: counters))
    tensors.append(Safetensors.Tensor("episodes", integers: episodesBegun))
    for (name, values) in state.records {
      tensors.append(Safetensors.Tensor("normalizer.\(name)", integers: values.map(Self.bits)))
    }
    for (lane, episode) in state.open.enumerated() where episode.vector.steps > 0 {
      let log = episode.vector
      tensors.append(Safetensors.Tensor("vector.\(lane)", integers: [log.steps, log.origin]))
      tensors.append(Safetensors.Tensor("vector.\(lane).actions", log.actions, shape: [log.actions.count]))
    }
    for (lane, episode) in state.open.enumerated() where !episode.state.isEmpty {
      tensors.append(Safetensors.Tensor("state.\(lane)", bytes: episode.state))
    }
    for (lane, episode) in state.open.enumerated() where episode.isOpen {
      tensors.append(
        Safetensors.Tensor("open.\(lane)", integers: [episode.steps, Self.bits(episode.reward)]))
      let (actions, observation) = (episode.actions, episode.observation)
      // The actions of a vector are stored in its log.
      if !actions.isEmpty {
        tensors.append(Safetensors.Tensor("open.\(lane).actions", actions, shape: [actions.count]))
      }
      tensors.append(Safetensors.Tensor("open.\(lane).observation", observation, shape: [observation.count]))
      let memory = episode.memory
      if !memory.isEmpty {
        tensors.append(Safetensors.Tensor("open.\(lane).memory", memory, shape: [memory.count]))
      }
    }
    if !recent.returns.isEmpty {
      tensors.append(Safetensors.Tensor("returns", integers: recent.returns.map(Self.bits)))
    }
    if !recent.lengths.isEmpty { tensors.append(Safetensors.Tensor("lengths", integers: recent.lengths)) }
    tensors += evaluations.tensors
    if let metrics { tensors.append(Safetensors.Tensor("metrics", bytes: metrics)) }
    return Safetensors(tensors: tensors, metadata: ["format": Self.format, "settings": settings])
  }

  /// Doubles are stored as int64 with the same bits.
  private static func bits(_ x: Double) -> Int { Int(bitPattern: UInt(x.bitPattern)) }
  private static func double(_ x: Int) -> Double { Double(bitPattern: UInt64(UInt(bitPattern: x))) }

  /// Reads a checkpoint of a run with these settings, and with these versions unless others are accepted; `beginning` is the learner's present state, for sizes and names.
  init(
    _ bytes: [UInt8], file: String, settings: (text: String, acceptsVersions: Bool),
    like beginning: LearnerState, lanes: Lanes
  ) throws(ExperimentError) {
    let content = try Safetensors(bytes, file: file)
    guard content.metadata["format"] == Self.format else {
      throw .damaged(file: file, reason: "it is not a checkpoint of this version")
    }
    let recorded = content.metadata["settings"] ?? ""
    if let difference = Self.difference(recorded, settings.text, settings.acceptsVersions) {
      throw .usage("\(file) belongs to a run with other settings\(difference); resume with the same ones")
    }
    let named = Dictionary(content.tensors.map { ($0.name, $0) }) { first, _ in first }
    state = beginning
    guard let values = named["parameters"]?.floats, values.count == state.parameters.values.count,
      let counters = named["counters"]?.integers, counters.count == 5,
      counters.allSatisfy({ (0...Self.mostCounted).contains($0) }),
      let episodes = named["episodes"]?.integers, episodes.count == lanes.count,
      episodes.allSatisfy({ (0...Self.mostKeyed).contains($0) }), counters[1] <= Self.mostKeyed
    else { throw .damaged(file: file, reason: "its arrays are not those of this run") }
    guard values.allSatisfy(\.isFinite) else {
      throw .damaged(file: file, reason: "it has a parameter that is not finite")
    }
    state.parameters.values = values
    metrics = named["metrics"]?.bytes
    recent = RecentEpisodes(
      returns: (named["returns"]?.integers ?? []).map(Self.double), lengths: named["lengths"]?.integers ?? [])
    evaluations = try EvaluationRecord(named, parameterCount: values.count, file: file)
    (state.parameters.version, state.iteration, state.steps) = (counters[0], counters[1], counters[2])
    state.optimizerSteps = Array(counters[3...])
    episodesBegun = episodes
    let prefix = "optimizer."
    state.moments = content.tensors.filter { $0.name.hasPrefix(prefix) }.map {
      (String($0.name.dropFirst(prefix.count)), $0.floats)
    }
    guard state.moments.allSatisfy({ $0.values.count <= values.count }) else {
      throw .damaged(file: file, reason: "its optimizer's arrays are not those of this run")
    }
    for k in state.records.indices {
      guard let record = named["normalizer.\(state.records[k].name)"]?.integers,
        record.count == state.records[k].values.count
      else { throw .damaged(file: file, reason: "its normalizer's numbers are not those of this run") }
      state.records[k].values = record.map(Self.double)
    }
    for lane in state.open.indices {
      state.open[lane] = try Self.open(lane, named, lanes, state.memorySize, file)
      let log = try Self.vector(lane, named, lanes, file)
      // All vectors are restarted and stepped together.
      guard log.steps == state.open[0].vector.steps || lane == 0, log.origin <= episodes[lane] else {
        throw .damaged(
          file: file, reason: "the vector of lane \(lane) has another number of steps than the others")
      }
      state.open[lane].vector = log
      state.open[lane].state = try Self.stateAcrossEpisodes(
        lane, named, lanes, hasBegun: episodes[lane] > 0, file)
      guard !state.open[lane].isOpen || episodes[lane] > 0 else {
        throw .damaged(file: file, reason: "lane \(lane) is in the middle of an episode that never began")
      }
    }
  }

  /// The settings and versions in which two texts differ, in parentheses; nil if they are equal.
  private static func difference(_ then: String, _ now: String, _ acceptsVersions: Bool) -> String? {
    let lines = { (text: String) in
      text.split(separator: "\n").prefix { !acceptsVersions || $0 != "[versions]" }
    }
    let old = ArraySlice(lines(then).map(inTodaysWords))
    let new = lines(now).filter { line in !isImplied(line, by: old) }
    guard Array(old) != new else { return nil }
    var (table, found) = ("", [String]())
    for (a, b) in zip(old, new) {
      if a.hasPrefix("[") { table = a.dropFirst().prefix { $0 != "]" } + "." }
      guard a != b else { continue }
      // Of one key, only the value differs.
      let key = a.prefix { $0 != "=" }
      found.append("\(table)\(a) then, \(b.hasPrefix(key + "=") ? b.dropFirst(key.count + 2) : b) now")
    }
    return found.isEmpty ? "" : " (\(found.joined(separator: "; ")))"
  }

  /// The line of a setting as this version writes it.
  private static func inTodaysWords(_ line: Substring) -> Substring {
    for setting in Configuration.settings where !setting.reworded.isEmpty {
      guard let name = setting.key.split(separator: ".").last, line.hasPrefix("\(name) = ") else { continue }
      return setting.reworded[String(line.dropFirst(name.count + 3))].map { "\(name) = \($0)" } ?? line
    }
    return line
  }

  /// True for the line of a setting that has its value of runs made before there was the setting, in such a run.
  private static func isImplied(_ line: Substring, by old: ArraySlice<Substring>) -> Bool {
    Configuration.settings.contains { setting in
      guard let earlier = setting.earlier, let name = setting.key.split(separator: ".").last else {
        return false
      }
      return line == "\(name) = \(earlier.toml)" && !old.contains { $0.hasPrefix("\(name) = ") }
    }
  }

  private static func open(
    _ lane: Int, _ named: [String: Safetensors.Tensor], _ lanes: Lanes, _ memorySize: Int, _ file: String
  ) throws(ExperimentError) -> OpenEpisode {
    var episode = OpenEpisode()
    guard let numbers = named["open.\(lane)"]?.integers else { return episode }
    guard numbers.count == 2, (1...Sampler.longestEpisode).contains(numbers[0]),
      case let actions = named["open.\(lane).actions"]?.floats ?? [],
      actions.count == (lanes.areVectors ? 0 : numbers[0]) * lanes.actionSize,
      let observation = named["open.\(lane).observation"]?.floats,
      observation.count == lanes.observationSize
    else { throw .damaged(file: file, reason: "the open episode of lane \(lane) is not one of this run") }
    episode.isOpen = true
    (episode.steps, episode.reward) = (numbers[0], double(numbers[1]))
    (episode.actions, episode.observation) = (actions, observation)
    episode.memory = named["open.\(lane).memory"]?.floats ?? []
    guard episode.memory.count == memorySize else {
      throw .damaged(file: file, reason: "the recurrent state of lane \(lane) does not fit this policy")
    }
    return episode
  }

  /// The state that a lane's environment keeps across episodes; empty for environments without such state.
  private static func stateAcrossEpisodes(
    _ lane: Int, _ named: [String: Safetensors.Tensor], _ lanes: Lanes, hasBegun: Bool, _ file: String
  ) throws(ExperimentError) -> [UInt8] {
    let state = named["state.\(lane)"]
    let isExpected = lanes.keepsState && lane % lanes.unit == 0
    guard state.map({ isExpected && $0.element == .uint8 && !$0.bytes.isEmpty }) ?? !(isExpected && hasBegun)
    else {
      throw .damaged(
        file: file,
        reason: "the state that the environment of lane \(lane) keeps across episodes is missing or invalid")
    }
    return state?.bytes ?? []
  }

  private static func vector(
    _ lane: Int, _ named: [String: Safetensors.Tensor], _ lanes: Lanes, _ file: String
  ) throws(ExperimentError) -> VectorLog {
    var log = VectorLog()
    guard lanes.areVectors, let numbers = named["vector.\(lane)"]?.integers else { return log }
    guard numbers.count == 2, (1...Sampler.longestEpisode).contains(numbers[0]), numbers[1] >= 0,
      let actions = named["vector.\(lane).actions"]?.floats,
      actions.count >= numbers[0] * lanes.actionSize
    else { throw .damaged(file: file, reason: "the vector of lane \(lane) is not one of this run") }
    (log.steps, log.origin, log.actions) = (numbers[0], numbers[1], actions)
    return log
  }
}
