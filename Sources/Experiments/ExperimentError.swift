public import Environments
public import PolicyGradients
public import PythonEnvironments
internal import Randomness

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
  /// A file cannot be read or written, by the system's error number.
  case file(path: String, action: String, number: Int32)
  /// The machine has no process, memory or generator for it.
  case machine(String)
  /// A quantity that is learned is not finite.
  case diverged(String)

  /// The error of a learner that stopped: its environment's, or its own.
  init(stopping error: LearnerError) {
    if case .environment(let fault) = error { self = .environment(fault) } else { self = .learner(error) }
  }

  /// The error of a stream that cannot be made.
  init(_ error: RandomnessError) { self = .machine("\(error)") }

  /// The process's exit code for this error, a code of ``ExitStatus`` unless another process's ending says otherwise.
  public var exitCode: Int32 {
    if case .learner(.collective(let failure)) = self { return failure.code }
    return status.rawValue
  }

  private var status: ExitStatus {
    switch self {
    case .usage, .python: .usage
    case .environment(let error), .learner(.environment(let error)):
      if case .stateNotTaken = error.fault { .damaged } else { .environmentFault }
    case .exhausted: .environmentFault
    case .learner(let error): Self.status(of: error)
    case .damaged: .damaged
    case .check: .checkFailed
    case .file(_, _, let number): AtomicFile.isOfTheMachine(number) ? .machine : .usage
    case .machine: .machine
    case .diverged: .diverged
    }
  }

  private static func status(of error: LearnerError) -> ExitStatus {
    switch error {
    case .unsupportedActionSpace, .policy, .contradiction: .usage
    case .notReplayed: .damaged
    case .notFinite: .diverged
    case .randomness: .machine
    case .offPolicy, .environment, .collective: .environmentFault
    }
  }

  /// One sentence, with a traceback below it where Python gave one.
  public var description: String {
    switch self {
    case .usage(let text), .check(let text), .machine(let text), .diverged(let text): text
    case .python(let error): "\(error)"
    case .environment(let error): "\(error)"
    case .exhausted(let megabytes, let limit):
      "process \(ChildProcess.own) has \(megabytes) MB in memory, more than the \(limit) MB of --memory-limit"
    case .learner(let error): "\(error)"
    case .damaged(let file, let reason): "\(file) is damaged or not ours: \(reason)"
    case .file(let path, let action, let number): "cannot \(action) \(path): \(AtomicFile.reason(number))"
    }
  }
}
