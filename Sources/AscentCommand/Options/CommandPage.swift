internal import ArgumentParser
internal import AscentExperiments

extension CommandConfiguration {
  /// The configuration of a command whose help ends with examples and exit codes.
  ///
  /// - Parameters:
  ///   - abstract: what the command does, in one line.
  ///   - discussion: what else there is to know.
  ///   - examples: command lines without `ascent`.
  ///   - codes: the exit codes besides 0, 2 and 130, which every command has.
  /// - Returns: the configuration.
  static func page(
    _ abstract: String, _ discussion: String = "", examples: [String], codes: [ExitStatus] = []
  ) -> CommandConfiguration {
    let lines = examples.map { "  ascent " + $0 }
    let all = ExitStatus.allCases.filter { [.done, .usage, .interrupted].contains($0) || codes.contains($0) }
    let parts = [
      discussion, (["Examples:"] + lines).joined(separator: "\n"),
      "Exit codes: \(ExitStatus.list(all)) (see ascent help exit-codes).",
    ]
    return CommandConfiguration(
      abstract: abstract, discussion: parts.filter { !$0.isEmpty }.joined(separator: "\n\n"))
  }
}

extension ExitStatus {
  /// The codes of every command that plays an environment.
  static let playing: [ExitStatus] = [.environmentFault, .damaged, .machine]

  /// Codes with their names, in one line.
  static func list(_ codes: [ExitStatus]) -> String {
    codes.map { "\($0.rawValue) \($0.name)" }.joined(separator: ", ")
  }

  private var name: String {
    switch self {
    case .done: "done"
    case .usage: "usage"
    case .environmentFault: "environment fault"
    case .damaged: "damaged file"
    case .checkFailed: "check failed"
    case .machine: "machine"
    case .diverged: "diverged"
    case .unfitted: "nothing fitted"
    case .interrupted: "interrupted"
    }
  }
}
