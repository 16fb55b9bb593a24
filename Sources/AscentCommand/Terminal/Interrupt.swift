internal import Glibc
internal import Synchronization

/// The handler of SIGINT (Ctrl-C) and SIGTERM: the first signal requests a stop with a checkpoint, the second ends the
/// process at once.
enum Interrupt {
  private static let count = Atomic<Int>(0)

  /// Requests a stop, as the first signal does: the reader of the output has all that it wanted, as `head` has.
  static func request() { _ = count.compareExchange(expected: 0, desired: 1, ordering: .relaxed) }

  /// True after the first signal.
  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  /// Installs the signal handlers.
  ///
  /// Python's own handlers are not used: they would raise KeyboardInterrupt inside of an environment.
  static func listen() {
    // With SIGXFSZ ignored, a write beyond the file size limit fails with an error that can be reported.
    signal(SIGXFSZ, SIG_IGN)
    _ = count.load(ordering: .relaxed)
    // The process may have inherited blocked signals from its parent.
    var wanted = sigset_t()
    unsafe sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM] { unsafe sigaddset(&wanted, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        if Interrupt.count.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
      }
    }
  }
}
