internal import AscentEnvironments

/// The file fault.json, which suffices to reproduce a fault without Ascent.
///
/// It has the lane, episode and step, all actions of the episode, and the state that the environment kept from earlier
/// episodes.
enum FaultRecord {
  /// Writes the record.
  ///
  /// An error of writing is not reported, so that it does not hide the fault.
  static func write(
    _ fault: EnvironmentError, after actions: [Float], in lanes: Lanes, of environment: String,
    to file: String
  ) {
    var content: [(String, JSON)] = [
      ("environment", .text(environment)), ("seed", .unsigned(fault.seed)),
      ("lane", .integer(fault.lane)), ("episode", .integer(fault.episode)), ("step", .integer(fault.step)),
      ("fault", .text("\(fault)")),
    ]
    if !lanes.areVectors {
      let size = lanes.actionSize
      let rows = stride(from: 0, to: min(actions.count, fault.step * size), by: size).map { start in
        JSON.array(actions[start..<start + size].map { .single($0) })
      }
      content.append(("actions", .array(rows)))
      if case let state = lanes.states[fault.lane], !state.isEmpty {
        let digits = state.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        content.append(("state", .text(digits.joined())))
      }
    }
    try? AtomicFile.replace(file, with: JSON.object(content).line + "\n")
  }
}
