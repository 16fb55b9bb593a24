internal import Environments
internal import Policies
internal import PolicyGradients

/// The first step in which two runs differ, and the kind of cause.
public struct RunDifference: Sendable {
  /// The kinds of causes.
  public enum Cause: String, Sendable {
    /// The runs do not differ.
    case none
    /// The settings differ.
    case configuration
    /// The versions, the machines or the environment's file differ.
    case version
    /// An environment returned another observation, reward or end after the same actions.
    case environment = "environment observation"
    /// A policy with the same parameters chose another action after the same observations.
    case action = "action draw"
    /// The same steps led to other numbers: log-probabilities or parameters.
    case arithmetic
    /// No cause was found; for example, a repeated run differs from what its folder records.
    case unknown
  }

  /// The kind of cause.
  public private(set) var cause = Cause.none
  /// The differences found, one line each, from the general to the particular.
  public private(set) var lines: [String] = []
  /// The first iteration that differs, counted from 1.
  public private(set) var iteration: Int?
  /// The first step that differs, if it was found.
  public private(set) var step: Step?
  /// True if both runs learned the same parameters, false if not; nil if a run is not finished, or has not recorded it.
  public private(set) var hasSameBits: Bool?
  /// The first array of parameters or of a checkpoint that differs, if any.
  public private(set) var tensor: String?

  /// A step of a training run.
  public struct Step: Sendable, Equatable {
    /// The lane.
    public var lane: Int
    /// The number of the episode in its lane, counted from 0.
    public var episode: Int
    /// The step of the episode; 0 is the reset.
    public var step: Int
  }

  /// Compares the files of two runs; if their metrics differ, repeats both runs up to the first difference.
  ///
  /// - Parameters:
  ///   - a: a run.
  ///   - b: another run.
  ///   - looksAtFilesOnly: compare the files only, without repeating the runs.
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - isInterrupted: called before each step.
  /// - Throws: ``ExperimentError``.
  public init(
    _ a: RunFolder, _ b: RunFolder, looksAtFilesOnly: Bool, host: Host,
    isInterrupted: () -> Bool = { false }
  ) throws(ExperimentError) {
    let (one, two) = (try RunRecord(a, host.catalog), try RunRecord(b, host.catalog))
    let isExplained = explain(one, two)
    compareBits(one, two)
    guard let part = try compareFiles(one, two, isExplained: isExplained), !looksAtFilesOnly else { return }
    // Both runs are repeated in one interpreter, which captures randomness with one generator at most.
    guard one.configuration.capturesRandomness == two.configuration.capturesRandomness,
      one.configuration.generator == two.configuration.generator
    else { return }
    var runs = Pair(one: try Rerun(of: one, host: host), two: try Rerun(of: two, host: host))
    try compareAgain(&runs, upTo: part, isExplained: isExplained, isInterrupted)
  }

  // MARK: Files

  /// Adds the settings and versions that differ to the lines; returns whether there are any.
  private mutating func explain(_ a: RunRecord, _ b: RunRecord) -> Bool {
    let settings = Self.settings(a.configuration, b.configuration)
    let versions = a.differences(to: b.records)
    for (key, x, y) in settings { lines.append("setting \(key): \(x) and \(y)") }
    for (key, x, y) in versions { lines.append("\(key): \(x) and \(y)") }
    let areOtherBudgets = versions.contains { $0.key.hasPrefix("budgets.") }
    if !settings.isEmpty || areOtherBudgets {
      cause = .configuration
    } else if !versions.isEmpty {
      cause = .version
    }
    return cause != .none
  }

  /// Compares the learned parameters by the hashes that both runs recorded.
  private mutating func compareBits(_ a: RunRecord, _ b: RunRecord) {
    guard let ours = a.bits, let theirs = b.bits else { return }
    hasSameBits = ours == theirs
    let areOtherVersions = a.differences(to: b.records).contains { $0.key.hasPrefix("versions.") }
    guard ours == theirs, areOtherVersions else { return }
    lines.append("same bits, other versions: both runs learned \(ours)")
  }

  /// Compares metrics and checkpoints; returns the first iteration in which the metrics differ.
  private mutating func compareFiles(
    _ a: RunRecord, _ b: RunRecord, isExplained: Bool
  ) throws(ExperimentError) -> Int? {
    let part = a.metrics.firstDifference(to: b.metrics)
    if let part {
      iteration = part.iteration
      lines.append(
        "metrics first differ in iteration \(part.iteration): \(part.columns.joined(separator: ", "))")
    }
    let array = try Self.firstArray(a, b)
    if let array {
      tensor = array.tensor
      lines.append("\(array.file): \(array.text)")
    }
    guard part != nil || array != nil else {
      cause = .none
      let (m, n) = (a.metrics.rows.count, b.metrics.rows.count)
      lines.append(
        m == n
          ? "all \(m) iterations are the same"
          : "the \(min(m, n)) iterations that both have are the same")
      return nil
    }
    // With equal metrics the array shows the cause; otherwise other parameters are only a consequence.
    if !isExplained { cause = part == nil ? Self.cause(of: array?.tensor) : .unknown }
    return part?.iteration
  }

  /// The settings that differ, except `checkpoint.*`, which do not affect the results.
  private static func settings(_ a: Configuration, _ b: Configuration) -> [(String, String, String)] {
    Configuration.settings.compactMap { setting in
      let (x, y) = (setting.get(a).typed, setting.get(b).typed)
      return x == y || setting.key.hasPrefix("checkpoint.") ? nil : (setting.key, x, y)
    }
  }

  /// The first array that differs in the oldest common checkpoint that differs.
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

  /// The kind of cause that a differing array of a checkpoint suggests.
  private static func cause(of tensor: String?) -> Cause {
    guard let tensor else { return .unknown }
    if tensor.hasSuffix(".observation") { return .environment }
    if tensor.hasSuffix(".actions") { return .action }
    return .arithmetic
  }

  // MARK: Repetition

  private struct Pair: ~Copyable {
    var one: Rerun
    var two: Rerun

    /// The first parameter that differs.
    var firstParameter: (name: String, text: String)? {
      let (x, y) = (one.opened.learner.parameters, two.opened.learner.parameters)
      guard let k = x.values.indices.first(where: { x.values[$0].bitPattern != y.values[$0].bitPattern })
      else { return nil }
      let slice = x.slices.first { $0.range.contains(k) }
      let (name, index) = (slice?.name ?? "parameters", k - (slice?.range.lowerBound ?? 0))
      return (name, "\(name)[\(index)] is \(x.values[k]) and \(y.values[k])")
    }

    var areComparable: Bool {
      one.opened.environment.lanes.count == two.opened.environment.lanes.count
        && one.opened.learner.parameters.values.count == two.opened.learner.parameters.values.count
    }
  }

  private mutating func compareAgain(
    _ runs: inout Pair, upTo iteration: Int, isExplained: Bool, _ isInterrupted: () -> Bool
  ) throws(ExperimentError) {
    guard runs.areComparable else {
      return lines.append("their lanes or policies differ, so their steps cannot be compared")
    }
    for number in 1...iteration {
      if let parameter = runs.firstParameter {
        tensor = tensor ?? parameter.name
        lines.append("repeated, they act with different parameters in iteration \(number): \(parameter.text)")
        if !isExplained { cause = .arithmetic }
        return
      }
      guard let x = try runs.one.iterate(isInterrupted), let y = try runs.two.iterate(isInterrupted) else {
        return
      }
      if let found = RolloutDifference(runs.one.rollout, runs.two.rollout) {
        (step, self.iteration) = (found.step, number)
        lines.append(
          "repeated, they first differ in iteration \(number), lane \(found.step.lane), episode \(found.step.episode), "
            + "step \(found.step.step): \(found.text)")
        if !isExplained { cause = found.cause }
        return
      }
      if noteStrayed(runs.one, x, number) || noteStrayed(runs.two, y, number) { return }
    }
    guard let parameter = runs.firstParameter else { return }
    tensor = parameter.name
    lines.append(
      "repeated, the same steps lead to different parameters in iteration \(iteration): \(parameter.text)")
    if !isExplained { cause = .arithmetic }
  }

  /// Adds a line if a repeated run differs from its own metrics.csv; returns whether it does.
  private mutating func noteStrayed(_ run: borrowing Rerun, _ report: Learner.Report, _ number: Int) -> Bool {
    let strayed = run.strayed(report)
    guard !strayed.isEmpty else { return false }
    lines.append(
      "\(run.record.folder.path) cannot be reproduced here: iteration \(number) differs in "
        + strayed.joined(separator: ", "))
    return true
  }
}
