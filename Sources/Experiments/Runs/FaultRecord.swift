internal import Environments
internal import PolicyGradients

/// What is needed to make a fault again without Ascent, for a file: where it was, all actions of its episode, and what the
/// environment kept before it.
enum FaultRecord {
  /// Writes it, in whichever process has the lane.
  ///
  /// Where that fails, the fault is worth more words than its record.
  static func write(
    _ fault: EnvironmentError, of learner: Learner, _ lanes: Lanes, _ configuration: Configuration,
    to file: String
  ) {
    var content: [(String, JSON)] = [
      ("environment", .text(configuration.environment)), ("seed", .unsigned(fault.seed)),
      ("lane", .integer(fault.lane)), ("episode", .integer(fault.episode)), ("step", .integer(fault.step)),
      ("fault", .text("\(fault)")),
    ]
    // A vector is brought back by all its steps since it was begun anew, and these by the run alone.
    if !lanes.areVectors {
      let size = lanes.actionSize
      let actions = fault.step > 0 ? learner.actionsUpToFault(lane: fault.lane).prefix(fault.step * size) : []
      let rows = stride(from: 0, to: actions.count, by: size).map { start in
        JSON.array(actions[start..<start + size].map { .single($0) })
      }
      content.append(("actions", .array(rows)))
      if case let state = lanes.states[fault.lane], !state.isEmpty {
        let digits = state.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        content.append(("state", .text(digits.joined())))
      }
    }
    try? AtomicFile.write(JSON.object(content).line + "\n", to: file)
  }
}
