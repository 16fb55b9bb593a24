/// The exit codes of the `ascent` commands.
public enum ExitStatus: Int32, CaseIterable, Sendable {
  /// The command succeeded.
  case done = 0
  /// The command line, a setting or a file cannot be used as given.
  case usage = 2
  /// The environment failed, or a process that steps it.
  case environmentFault = 3
  /// A file is damaged, or does not belong to this run or version.
  case damaged = 4
  /// A check found a difference.
  case checkFailed = 5
  /// The system has no disk space, memory or processes left.
  case machine = 6
  /// Learning diverged: a quantity is not finite.
  case diverged = 7
  /// Cloning found no parameters that are better than the initial ones.
  case unfitted = 8
  /// The command was interrupted.
  case interrupted = 130

  /// The meaning of the code, in one line.
  public var meaning: String {
    switch self {
    case .done: "done"
    case .usage:
      "usage: a wrong option, value or combination of settings, an environment that cannot be opened, a file that does "
        + "not exist or cannot be read or written"
    case .environmentFault:
      "environment fault: a step raised an exception, returned an invalid value, hung, or ended its process; or a "
        + "process used more memory than --memory-limit"
    case .damaged: "damaged file: its content is invalid, of another version, or of another run"
    case .checkFailed: "check failed: a comparison found a difference, or an environment failed a test"
    case .machine:
      "machine: the disk is full or broken, a result cannot be written, or the system provides no process, shared "
        + "memory or random generator"
    case .diverged:
      "learning diverged: a gradient, a parameter or a likelihood is not finite; the newest checkpoint is intact"
    case .unfitted:
      "nothing fitted: no pass of ascent clone made the held-out actions more likely; the run has the initial policy"
    case .interrupted: "interrupted by Ctrl-C, SIGTERM or SIGHUP; a training run has saved a checkpoint"
    }
  }
}
