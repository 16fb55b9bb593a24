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
  /// The command was interrupted.
  case interrupted = 130

  /// The meaning of the code, in one line.
  public var meaning: String {
    switch self {
    case .done: "done"
    case .usage:
      "usage: a wrong word, number or combination of settings, an environment that cannot be opened, a file that is "
        + "not there or may not be read or written"
    case .environmentFault:
      "environment fault: a step raised, returned what it may not, hung, or ended its process; or a process has "
        + "more memory than --memory-limit"
    case .damaged: "damaged file: not what it was, of another version, or not of this run"
    case .checkFailed: "check failed: something that was to be equal or well-behaved is not"
    case .machine:
      "the machine refused: the disk is full or broken, no process or shared memory can be had, no generator can be made"
    case .diverged:
      "learning diverged: a gradient, a parameter or a likelihood is not finite; the newest checkpoint is intact"
    case .interrupted: "interrupted, with a checkpoint saved"
    }
  }
}
