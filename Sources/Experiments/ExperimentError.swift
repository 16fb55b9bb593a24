public import AscentEnvironments
public import AscentPolicyGradients
internal import AscentRandomness
internal import AscentRegistries
private import Glibc

/// The reason why an experiment cannot begin or continue; each case has an exit code.
public enum ExperimentError: Error, CustomStringConvertible {
  /// The request cannot be carried out; the sentence says why and what to do instead.
  case usage(String)
  /// The environment or its interpreter cannot be opened.
  case hosted(HostedError)
  /// An environment broke its contract.
  case environment(EnvironmentError)
  /// A process uses more memory than `--memory-limit` allows.
  case exhausted(megabytes: Int, limit: Int)
  /// The learner cannot continue.
  case learner(LearnerError)
  /// A file is damaged, or was not written by this version of Ascent.
  case damaged(file: String, reason: String)
  /// A comparison found a difference where there must be none.
  case check(String)
  /// A file cannot be read or written; `number` is the system's errno.
  case file(path: String, action: String, number: Int32)
  /// The system cannot provide a process, memory or a random generator.
  case machine(String)
  /// A quantity of the learner is not finite.
  case diverged(String)
  /// The user asked for an end before there was a result.
  case interrupted

  /// Wraps the error that stopped a learner; an environment's fault becomes ``environment(_:)``.
  init(stopping error: LearnerError) {
    if case .environment(let fault) = error { self = .environment(fault) } else { self = .learner(error) }
  }

  /// Wraps the error of a random stream that cannot be made.
  init(_ error: RandomnessError) { self = .machine("\(error)") }

  /// The exit code for this error: one of ``ExitStatus``, or the code of the process that ended a run with workers.
  public var exitCode: Int32 {
    if case .learner(.collective(let failure)) = self { return failure.code }
    return status.rawValue
  }

  private var status: ExitStatus {
    switch self {
    case .usage: .usage
    case .hosted(let error): error.isInterrupted ? .interrupted : .usage
    case .environment(let error), .learner(.environment(let error)):
      if case .stateNotTaken = error.fault { .damaged } else { .environmentFault }
    case .exhausted: .environmentFault
    case .learner(let error): Self.status(of: error)
    case .damaged: .damaged
    case .check: .checkFailed
    case .file(_, _, let number): Self.isOfTheMachine(number) ? .machine : .usage
    case .machine: .machine
    case .diverged: .diverged
    case .interrupted: .interrupted
    }
  }

  /// True if the request is refused by its settings or files, whatever the environment does.
  public var isRefusal: Bool { if case .usage = self { true } else { false } }

  /// True if an error number means a lack of resources rather than a wrong path.
  private static func isOfTheMachine(_ number: Int32) -> Bool {
    [ENOSPC, EDQUOT, EIO, EFBIG, ENOMEM, EMFILE, ENFILE, EPIPE].contains(number)
  }

  private static func status(of error: LearnerError) -> ExitStatus {
    switch error {
    case .unsupportedActionSpace, .policy, .contradiction, .setting: .usage
    case .notReplayed: .damaged
    case .notFinite: .diverged
    case .randomness: .machine
    case .offPolicy, .environment, .collective: .environmentFault
    }
  }

  /// One sentence; Python's traceback comes below it if there is one.
  ///
  /// On the command line it names options, elsewhere parameters.
  public var description: String {
    switch self {
    // What Python and environments say is not the library's.
    case .hosted(let error): "\(error)"
    case .environment(let error), .learner(.environment(let error)): "\(error)"
    case .learner(.collective(let failure)): "\(failure)"
    default: OptionWords.inWords(words.inOneLine)
    }
  }

  private var words: String {
    switch self {
    case .interrupted: "interrupted"
    case .usage(let text), .check(let text), .machine(let text), .diverged(let text): text
    case .hosted(let error): error.message
    case .environment(let error): error.sentence
    case .exhausted(let megabytes, let limit):
      "process \(ChildProcess.own) uses \(megabytes) MB of memory, more than the \(limit) MB of --memory-limit"
    case .learner(let error): "\(error)"
    case .damaged(let file, let reason): "\(file) is damaged or was not written by Ascent: \(reason)"
    case .file(let path, let action, let number): "cannot \(action) \(path): \(AtomicFile.reason(number))"
    }
  }
}
