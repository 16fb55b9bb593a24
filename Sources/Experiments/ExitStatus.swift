/// What a process of ours says with its exit code.
public enum ExitStatus: Int32, CaseIterable, Sendable {
  /// It did what it was asked for.
  case done = 0
  /// What was asked for cannot be done as it was typed.
  case usage = 2
  /// The environment, or a process that steps it, failed.
  case environmentFault = 3
  /// A file is damaged or belongs to something else.
  case damaged = 4
  /// A check found a difference.
  case checkFailed = 5
  /// The machine refused something: disk, memory, processes.
  case machine = 6
  /// Learning diverged: a number is not finite.
  case diverged = 7
  /// It was interrupted.
  case interrupted = 130

  /// What it means, in one line.
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
