internal import Glibc
internal import Synchronization

/// Ctrl-C and SIGTERM: the first asks the run to save and stop, the second ends the process at once.
enum Interrupt {
  private static let count = Atomic<Int>(0)

  /// Whether somebody asked to stop.
  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  /// Starts to listen.
  ///
  /// Python does not: its own handler would raise inside of an environment.
  static func listen() {
    // A file that may not grow is an error of its write, with a sentence.
    signal(SIGXFSZ, SIG_IGN)
    _ = count.load(ordering: .relaxed)
    // A parent's thread may have handed its blocked signals down.
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
