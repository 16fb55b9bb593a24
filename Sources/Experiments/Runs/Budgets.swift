/// The step budgets of a run: one, or several if the run was extended or shortened when it was resumed.
///
/// Schedules end with the budget, and the last rollout before it may be short, so the bits of a run depend on all its
/// budgets. run.toml has them in its table `budgets` if there is more than one: `from_step_0 = "3000"`, and so on.
struct Budgets: Equatable {
  private struct Entry: Equatable {
    /// The first step for which the budget counts.
    var begin: Int
    var steps: Int
  }

  private var entries: [Entry]
  private static let prefix = "from_step_"

  /// One budget for the whole run.
  init(_ steps: Int) { entries = [Entry(begin: 0, steps: steps)] }

  /// Reads the records of a run.toml, whose settings have the last budget.
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)``.
  init(_ records: [(key: String, value: String)], last: Int, file: String) throws(ExperimentError) {
    let start = "budgets." + Self.prefix
    entries = []
    for (key, value) in records where key.hasPrefix(start) {
      guard let begin = Int(key.dropFirst(start.count)), let steps = Int(value), steps > 0,
        entries.last.map({ begin > $0.begin }) ?? (begin == 0)
      else { throw .damaged(file: file, reason: "its table of budgets has '\(key) = \(value)'") }
      entries.append(Entry(begin: begin, steps: steps))
    }
    if entries.isEmpty { self = Budgets(last) }
    guard entries.last?.steps == last else {
      throw .damaged(file: file, reason: "its last budget is not run.steps")
    }
  }

  /// The budget with which the run ends.
  var last: Int { entries.last?.steps ?? 0 }

  /// The budget of an iteration that begins after a number of steps.
  func budget(after steps: Int) -> Int { entries.last { $0.begin <= steps }?.steps ?? last }

  /// Resumes the run after a number of steps with another budget, or with the same one.
  ///
  /// Budgets that would begin later are dropped, as their steps are made again. So the last budget counts for all steps to
  /// come, and the workers of a resumed run, which know only that one, agree with process 0.
  mutating func resume(after steps: Int, with budget: Int) {
    entries.removeAll { $0.begin >= steps }
    if entries.last?.steps != budget {
      entries.append(Entry(begin: entries.isEmpty ? 0 : steps, steps: budget))
    }
  }

  /// The entries of the table of run.toml; empty for one budget.
  var records: [(String, String)] {
    entries.count > 1 ? entries.map { (Self.prefix + String($0.begin), String($0.steps)) } : []
  }
}
