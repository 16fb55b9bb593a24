/// The words of the run.toml of a run that is resumed about its origin, compared with this process.
struct ResumedRecord {
  /// The files and versions that a run must keep, and that differ: key, value then, value now.
  private(set) var changes: [(key: String, then: String, now: String)] = []
  /// Changes that were accepted before, as entries of the table `changes`.
  private(set) var accepted: [(String, String)] = []
  /// The budgets of the run; nil if run.toml cannot be read.
  private(set) var budgets: Budgets?
  /// Notices for the user: differences that change no bits or are unknown.
  private(set) var notices: [String] = []
  /// The parts that cannot be compared, because run.toml was lost.
  private(set) var losses: [String] = []

  private let path: String
  private static let table = "changes."
  /// The beginnings of the keys of files and versions that the bits of a run depend on.
  private static let kept = [
    "versions.", "made_with.environment_file", "made_with.wrapper_file", "made_with.emission_file",
    "made_with.policy_from", "made_with." + Influence.modulePrefix, RunRecord.packagePrefix,
  ]

  /// Reads a folder's run.toml, and compares it with the records that this process would write.
  ///
  /// - Throws: ``ExperimentError``, only for budgets that contradict each other.
  init(
    of folder: RunFolder, _ catalog: Catalog, now: [(key: String, value: String)]
  ) throws(ExperimentError) {
    path = folder.path
    let (then, steps): ([(key: String, value: String)], Int)
    do throws(ExperimentError) {
      steps = try Configuration.ofRun(folder, catalog).steps
      let text = try AtomicFile.read(folder.runFile, limit: AtomicFile.largestText)
      then = try Configuration.records(in: String(decoding: text, as: UTF8.self), file: folder.runFile)
    } catch {
      losses = [
        "\(error); changes of files and packages since the run was made, and earlier budgets, are not known"
      ]
      return
    }
    budgets = try Budgets(then, last: steps, file: folder.runFile)
    accepted = then.filter { $0.key.hasPrefix(Self.table) }.map {
      (String($0.key.dropFirst(Self.table.count)), $0.value)
    }
    let present = Dictionary(now.map { ($0.key, $0.value) }) { first, _ in first }
    for (key, old) in then where key.hasPrefix("versions.") || key.hasPrefix("made_with.") {
      guard key != RunRecord.pythonKey, let new = present[key], new != old else { continue }
      if Self.kept.contains(where: { key.hasPrefix($0) }) {
        changes.append((key, old, new))
      } else {
        notices.append("the run was made with \(key) = \(old), this is \(new)")
      }
    }
  }

  /// The error that names the changes.
  var refusal: ExperimentError {
    let list = changes.map { "\($0.key) was \($0.then) and is \($0.now)" }.joined(separator: ", ")
    return .usage(
      "the run in \(path) was made with other files or versions: \(list); restore them, or go on with --accept-changes, "
        + "which records both")
  }

  /// The changes that the user accepts now, as entries of the table `changes`.
  func newlyAccepted(after steps: Int) -> [(String, String)] {
    changes.enumerated().map { k, change in
      (
        "change_\(accepted.count + k + 1)",
        "after \(steps) steps \(change.key) = \(change.then) became \(change.now)"
      )
    }
  }
}
