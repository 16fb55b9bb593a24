public import Environments
public import PolicyGradients
public import PythonEnvironments

/// Why an experiment cannot begin or go on, in the classes that the exit codes tell apart.
public enum ExperimentError: Error, CustomStringConvertible {
  /// What the user asked for cannot be done: the sentence says why and what can.
  case usage(String)
  /// The environment or its Python cannot be opened.
  case python(PythonError)
  /// An environment broke its contract.
  case environment(EnvironmentError)
  /// A process has more memory than it may.
  case exhausted(megabytes: Int, limit: Int)
  /// The learner cannot go on.
  case learner(LearnerError)
  /// A file is damaged, or was made by something else.
  case damaged(file: String, reason: String)
  /// Something that was to be the same is not.
  case check(String)
  /// A file cannot be read or written.
  case file(path: String, action: String, reason: String)

  /// What stopped a learner: its environment, or something of its own.
  init(stopping error: LearnerError) {
    if case .environment(let fault) = error { self = .environment(fault) } else { self = .learner(error) }
  }

  /// The process's exit code for this error (DESIGN §6).
  public var exitCode: Int32 {
    switch self {
    case .usage, .python, .file: 2
    case .environment(let error), .learner(.environment(let error)):
      if case .stateNotTaken = error.fault { 4 } else { 3 }
    case .exhausted: 3
    case .learner(.collective(let failure)): failure.code
    case .learner(.notReplayed): 4
    case .learner(let error): error.isAboutSettings ? 2 : 3
    case .damaged: 4
    case .check: 5
    }
  }

  /// One sentence, with a traceback below it where Python gave one.
  public var description: String {
    switch self {
    case .usage(let text), .check(let text): text
    case .python(let error): "\(error)"
    case .environment(let error): "\(error)"
    case .exhausted(let megabytes, let limit):
      "process \(ChildProcess.own) has \(megabytes) MB in memory, more than the \(limit) MB of --memory-limit"
    case .learner(let error): "\(error)"
    case .damaged(let file, let reason): "\(file) is damaged or not ours: \(reason)"
    case .file(let path, let action, let reason): "cannot \(action) \(path): \(reason)"
    }
  }
}
