internal import Environments
internal import PolicyGradients

/// What is needed to make a fault again without Ascent, for a file: where it was, and all actions of its episode.
enum FaultRecord {
  /// Writes it; whichever process has the lane does.
  static func write(
    _ fault: EnvironmentError, of learner: Learner, _ lanes: Lanes, _ configuration: Configuration,
    to file: String
  ) throws(ExperimentError) {
    var content: [(String, JSON)] = [
      ("environment", .text(configuration.environment)), ("seed", .unsigned(fault.seed)),
      ("lane", .integer(fault.lane)), ("episode", .integer(fault.episode)), ("step", .integer(fault.step)),
      ("fault", .text("\(fault)")),
    ]
    // A vector's actions are those of all its lanes since it was begun anew; they are the checkpoint's.
    if !lanes.areVectors {
      let size = lanes.actionSize
      let actions = fault.step > 0 ? learner.actionsUpToFault(lane: fault.lane).prefix(fault.step * size) : []
      let rows = stride(from: 0, to: actions.count, by: size).map { start in
        JSON.array(actions[start..<start + size].map { .single($0) })
      }
      content.append(("actions", .array(rows)))
    }
    try AtomicFile.write(JSON.object(content).line + "\n", to: file)
  }
}
