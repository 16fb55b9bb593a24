internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

// The repetition of both runs, step by step, and what it says about the cause.
extension RunDifference {
  /// Two runs that are repeated side by side.
  struct Pair: ~Copyable {
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

  /// Makes the iterations of both runs up to the one that differs, and compares their steps and parameters.
  mutating func compareAgain(
    _ runs: inout Pair, upTo iteration: Int, _ isInterrupted: () -> Bool
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
    let others = run.record.differences(to: run.presentRecords)
    for (key, then, now) in others {
      lines.append("it was made with \(key) = \(then), here it is \(now)\(Influence.remark(on: key))")
    }
    guard !isExplained else { return true }
    let found = Set(others.compactMap { Influence.cause(of: $0.key) })
    // An environment that depends on something else does not lead to the same parameters.
    let isAltered = run.opened.environment.runtime == nil || hasSameParameters
    cause = Cause.allCases.first(where: found.contains) ?? (isAltered ? .altered : .undetermined)
    return true
  }

  // MARK: Conclusion

  /// True if both runs are finished with the same bits, and no array of their checkpoints differs.
  private var hasSameParameters: Bool { hasSameBits == true && tensor == nil }

  /// Says what the cause means where no recorded difference explains it.
  mutating func conclude(_ a: RunRecord, _ b: RunRecord) {
    guard cause != .altered else {
      lines.append(
        hasSameParameters
          ? "both runs learned the same bits: the metrics.csv of one of them was changed"
          : "nothing that is recorded differs, and Ascent's own environments depend on nothing else: one of the folders "
            + "was changed, or was made by another build of Ascent")
      return
    }
    guard [.environment, .undetermined].contains(cause) else { return }
    let noticed = [a, b].flatMap { run in run.origin.notices.map { "noticed in \(run.folder.path): \($0)" } }
    let modes = noticed.filter { $0.contains(Notice.floatingPointWords) }
    if !modes.isEmpty {
      cause = .floatingPoint
      lines += modes
      return
    }
    let (m, n) = (a.origin.processes, b.origin.processes)
    if m != n {
      if cause == .undetermined { cause = .processes }
      lines.append(
        "they were made by \(m) and by \(n) processes, which changes no bits unless lanes of one "
          + "process share a state: ascent check \(a.configuration.environment)")
      return
    }
    lines.append(
      "nothing that is recorded differs: the environment draws or computes from something that its seed does not "
        + "determine, such as the time, a generator of its own or a file; ascent check \(a.configuration.environment) says "
        + "what it finds")
  }
}
