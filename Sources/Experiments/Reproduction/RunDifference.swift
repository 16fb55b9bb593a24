internal import Environments
internal import Policies
internal import PolicyGradients

/// The first place where two runs part, and what kind of cause that has.
public struct RunDifference: Sendable {
  /// The kinds of causes.
  public enum Cause: String, Sendable {
    /// They part nowhere.
    case none
    /// Their settings differ.
    case configuration
    /// Their versions, their machines or their environment's file differ.
    case version
    /// An environment showed something else, or paid something else, after the same actions.
    case environment = "environment observation"
    /// A policy with the same parameters did something else after the same observations.
    case action = "action draw"
    /// The same steps became other parameters.
    case arithmetic
    /// One of them is not what its settings give here; nothing says why.
    case unknown
  }

  /// The kind of cause.
  public private(set) var cause = Cause.none
  /// What is known of it, from the general to the particular: one line each.
  public private(set) var lines: [String] = []
  /// The first iteration that differs, counted from 1.
  public private(set) var iteration: Int?
  /// Where in it, if it was found.
  public private(set) var place: Place?
  /// The first array that differs, if parameters or checkpoints do.
  public private(set) var tensor: String?

  /// A step of a training run.
  public struct Place: Sendable, Equatable {
    /// Its lane.
    public var lane: Int
    /// The lane's episode, counted from 0.
    public var episode: Int
    /// The step of the episode: 0 is the reset.
    public var step: Int
  }

  /// Compares what two runs left; then, unless that says it all, makes both again up to where they part.
  ///
  /// - Parameters:
  ///   - a: a run.
  ///   - b: another.
  ///   - looksAtFilesOnly: compare what is written, and make nothing again.
  ///   - host: starts Python when the environment needs it.
  ///   - isInterrupted: asked before each step.
  /// - Throws: ``ExperimentError``.
  public init(
    _ a: RunFolder, _ b: RunFolder, looksAtFilesOnly: Bool, host: PythonHost,
    isInterrupted: () -> Bool = { false }
  ) throws(ExperimentError) {
    let (one, two) = (try RunRecord(a), try RunRecord(b))
    let settings = Self.settings(one.configuration, two.configuration)
    let versions = one.differences(to: two.records)
    for (key, x, y) in settings { lines.append("setting \(key): \(x) and \(y)") }
    for (key, x, y) in versions { lines.append("\(key): \(x) and \(y)") }
    let part = one.metrics.firstDifference(to: two.metrics)
    iteration = part?.iteration
    if let part {
      lines.append("metrics part in iteration \(part.iteration): \(part.columns.joined(separator: ", "))")
    }
    let array = try Self.firstArray(one, two)
    if let array {
      tensor = array.tensor
      lines.append("\(array.file): \(array.text)")
    }
    guard part != nil || array != nil else {
      let (m, n) = (one.metrics.rows.count, two.metrics.rows.count)
      lines.append(
        m == n
          ? "all \(m) iterations are the same"
          : "they are the same as far as both go: \(min(m, n)) iterations")
      return
    }
    let isExplained = !settings.isEmpty || !versions.isEmpty
    if isExplained {
      cause = settings.isEmpty ? .version : .configuration
    } else {
      // Equal metrics and other arrays: the array tells. Else parameters are what became of something before.
      cause = part == nil ? Self.cause(of: array?.tensor) : .unknown
    }
    guard !looksAtFilesOnly, let part else { return }
    // Both are made again in one interpreter.
    guard one.configuration.capturesRandomness == two.configuration.capturesRandomness,
      one.configuration.generator == two.configuration.generator
    else { return }
    try compareAgain(one, two, upTo: part.iteration, host, isInterrupted, isExplained: isExplained)
  }

  /// The settings that differ, but for those that decide no bit.
  private static func settings(_ a: Configuration, _ b: Configuration) -> [(String, String, String)] {
    Configuration.settings.compactMap { setting in
      let (x, y) = (setting.get(a).typed, setting.get(b).typed)
      return x == y || setting.key.hasPrefix("checkpoint.") ? nil : (setting.key, x, y)
    }
  }

  /// The first array that differs in the oldest checkpoint that both have.
  private static func firstArray(
    _ a: RunRecord, _ b: RunRecord
  ) throws(ExperimentError) -> (file: String, tensor: String, text: String)? {
    let names = { (folder: RunFolder) in
      folder.checkpoints.reversed().compactMap { $0.split(separator: "/").last }
    }
    let others = Set(names(b.folder))
    for name in names(a.folder) where others.contains(name) {
      let (x, y) = (a.folder.checkpointFolder + "/" + name, b.folder.checkpointFolder + "/" + name)
      guard let part = try CheckpointDifference.first(x, y) else { continue }
      return (String(name), part.tensor, part.text)
    }
    return nil
  }

  /// What an array of a checkpoint tells.
  private static func cause(of tensor: String?) -> Cause {
    guard let tensor else { return .unknown }
    if tensor.hasSuffix(".observation") { return .environment }
    if tensor.hasSuffix(".actions") { return .action }
    return .arithmetic
  }

  private mutating func compareAgain(
    _ a: RunRecord, _ b: RunRecord, upTo iteration: Int, _ host: PythonHost, _ isInterrupted: () -> Bool,
    isExplained: Bool
  ) throws(ExperimentError) {
    var (one, two) = (try Rerun(of: a, host: host), try Rerun(of: b, host: host))
    guard one.opened.lanes.count == two.opened.lanes.count,
      one.learner.parameters.values.count == two.learner.parameters.values.count
    else {
      return lines.append("they have other lanes or another policy, so no step of one is one of the other")
    }
    for number in 1...iteration {
      if let tensor = Self.firstParameter(one, two) {
        self.tensor = self.tensor ?? tensor.name
        lines.append("made again, they act with other parameters in iteration \(number): \(tensor.text)")
        if !isExplained { cause = .arithmetic }
        return
      }
      guard let x = try one.iterate(isInterrupted), let y = try two.iterate(isInterrupted) else { return }
      if let found = Self.firstStep(one.rollout, two.rollout) {
        (place, self.iteration) = (found.place, number)
        lines.append(
          "made again, they part in iteration \(number), lane \(found.place.lane), episode \(found.place.episode), step "
            + "\(found.place.step): \(found.text)")
        if !isExplained { cause = found.cause }
        return
      }
      for (rerun, report) in [(one, x), (two, y)] {
        let strayed = rerun.strayed(report)
        guard !strayed.isEmpty else { continue }
        lines.append(
          "\(rerun.record.folder.path) is not what its settings give here: iteration \(number), "
            + strayed.joined(separator: ", "))
        return
      }
    }
    if let tensor = Self.firstParameter(one, two) {
      self.tensor = tensor.name
      lines.append(
        "made again, the same steps become other parameters in iteration \(iteration): \(tensor.text)")
      if !isExplained { cause = .arithmetic }
    }
  }

  private static func firstParameter(_ a: Rerun, _ b: Rerun) -> (name: String, text: String)? {
    let (x, y) = (a.learner.parameters, b.learner.parameters)
    guard let k = x.values.indices.first(where: { x.values[$0].bitPattern != y.values[$0].bitPattern }) else {
      return nil
    }
    let slice = x.slices.first { $0.range.contains(k) }
    let (name, index) = (slice?.name ?? "parameters", k - (slice?.range.lowerBound ?? 0))
    return (name, "\(name)[\(index)] is \(x.values[k]) and \(y.values[k])")
  }

  /// The first step, in the order of time, in which two rollouts of the same parameters differ.
  private static func firstStep(_ a: Rollout, _ b: Rollout) -> (place: Place, cause: Cause, text: String)? {
    var first: (time: Int, place: Place, cause: Cause, text: String)?
    for lane in a.lanes.indices {
      let (x, y) = (a.lanes[lane], b.lanes[lane])
      for t in 0..<min(x.rewards.count, y.rewards.count) where t < first?.time ?? .max {
        guard let (cause, text, isLater) = difference(x, y, t, a.observationSize, a.actionSize) else {
          continue
        }
        let episode = x.episodes.last { $0.steps.lowerBound <= t }
        let step = t - (episode?.steps.lowerBound ?? 0) + (episode?.earlierSteps ?? 0) + (isLater ? 1 : 0)
        first = (t, Place(lane: lane, episode: episode?.number ?? 0, step: step), cause, text)
        break
      }
    }
    return first.map { ($0.place, $0.cause, $0.text) } ?? firstEnd(a, b)
  }

  /// The first episode of equal steps that ends in two ways.
  private static func firstEnd(_ a: Rollout, _ b: Rollout) -> (place: Place, cause: Cause, text: String)? {
    for lane in a.lanes.indices {
      for (x, y) in zip(a.lanes[lane].episodes, b.lanes[lane].episodes) where x != y {
        let place = Place(lane: lane, episode: x.number, step: x.earlierSteps + x.steps.count)
        return (place, .environment, "the end is \(x.end) and \(y.end)")
      }
    }
    return nil
  }

  /// What differs at a step: what was observed, what was done, what it earned (which comes with the next observation).
  private static func difference(
    _ x: Rollout.Lane, _ y: Rollout.Lane, _ t: Int, _ o: Int, _ a: Int
  ) -> (Cause, String, isLater: Bool)? {
    for k in 0..<o where x.observations[t * o + k].bitPattern != y.observations[t * o + k].bitPattern {
      return (
        .environment, "observation[\(k)] is \(x.observations[t * o + k]) and \(y.observations[t * o + k])",
        false
      )
    }
    for k in 0..<a where x.actions[t * a + k].bitPattern != y.actions[t * a + k].bitPattern {
      return (.action, "action[\(k)] is \(x.actions[t * a + k]) and \(y.actions[t * a + k])", false)
    }
    if x.logProbabilities[t].bitPattern != y.logProbabilities[t].bitPattern {
      return (.arithmetic, "log π is \(x.logProbabilities[t]) and \(y.logProbabilities[t])", false)
    }
    if x.rewards[t].bitPattern != y.rewards[t].bitPattern {
      return (.environment, "reward is \(x.rewards[t]) and \(y.rewards[t])", true)
    }
    return nil
  }
}
