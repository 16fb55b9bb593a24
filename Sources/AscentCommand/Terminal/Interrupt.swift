internal import AscentExperiments
internal import AscentPythonEnvironments
internal import Glibc
internal import Synchronization

/// The handler of SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal is gone): the first signal requests a stop, in a run
/// with a checkpoint; a second SIGINT or SIGTERM ends the process at once.
enum Interrupt {
  private static let isStopRequested = Atomic<Bool>(false)
  /// The number of SIGINT and SIGTERM so far.
  private static let count = Atomic<Int>(0)
  /// True in the process of a run that another one supervises.
  private static let isSupervised = Atomic<Bool>(false)

  /// Requests a stop, as the first signal does: the reader of the output has all that it wanted, as `head` has.
  static func request() {
    isStopRequested.store(true, ordering: .relaxed)
    Interpreter.requestStop()
  }

  /// True after the first signal.
  static var isRequested: Bool { isStopRequested.load(ordering: .relaxed) }

  /// Installs the signal handlers.
  ///
  /// Python's own handlers are not used: they would raise KeyboardInterrupt inside of an environment. SIGHUP stays ignored
  /// where nohup ignores it.
  ///
  /// - Parameter isSupervised: true if a supervisor passes its signals on. On a terminal both processes get them, so a
  ///   second one may be the first again, and it is the supervisor that ends both.
  static func listen(isSupervised: Bool = false) {
    self.isSupervised.store(isSupervised, ordering: .relaxed)
    // The handler must not be the first to use a static property.
    _ = (isRequested, count.load(ordering: .relaxed))
    // With SIGXFSZ ignored, a write beyond the file size limit fails with an error that can be reported.
    signal(SIGXFSZ, SIG_IGN)
    let hangUp = unsafe unsafeBitCast(signal(SIGHUP, SIG_IGN), to: Int.self)
    let isIgnored = unsafe hangUp == unsafeBitCast(SIG_IGN, to: Int.self)
    let numbers = [SIGINT, SIGTERM] + (isIgnored ? [] : [SIGHUP])
    for number in numbers { signal(number) { Interrupt.take($0) } }
    // A program that starts this one from a thread of its own may leave all signals blocked, here and in what an
    // environment starts: a fork server of multiprocessing would never learn that its children ended.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
  }

  private static func take(_ number: Int32) {
    request()
    // A terminal that closes sends SIGHUP more than once.
    guard number != SIGHUP, !isSupervised.load(ordering: .relaxed) else { return }
    if count.add(1, ordering: .relaxed).oldValue > 0 { _exit(ExitStatus.interrupted.rawValue) }
  }

  /// Prints an error, and returns the exit code of the process.
  ///
  /// Ctrl-C on a terminal also reaches the processes of an environment; a fault that follows from their end is no fault of
  /// the environment. Neither is one of an environment that prints where nobody reads any more, as behind `head`.
  static func report(_ error: ExperimentError) -> Int32 {
    guard isRequested || StandardStreams.isUnread, error.exitCode == ExitStatus.environmentFault.rawValue
    else {
      Terminal.writeError("ascent: \(error)\n")
      return error.exitCode
    }
    Terminal.writeError("ascent: interrupted; the environment ended first: \(error)\n")
    return ExitStatus.interrupted.rawValue
  }
}
