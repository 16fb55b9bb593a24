internal import CPython
public import Environments
public import Randomness
internal import Synchronization

/// The one Python interpreter of the process.
///
/// It is isolated from the user's environment variables, uses fixed string hashes, installs no signal handlers, and
/// writes `sys.stdout` to standard error. It ends once, with the process, because numpy cannot be started twice.
public final class Interpreter: Sendable {
  /// The installation with which it was started.
  public let installation: PythonInstallation

  private static let started = Mutex<Interpreter?>(nil)
  /// The stream for `random` and `numpy.random` outside of environments, once these are captured.
  private let outside = Mutex<(stream: RandomStream, seed: UInt64)?>(nil)

  private init(_ installation: PythonInstallation) { self.installation = installation }

  /// Starts the interpreter, or returns the running one.
  ///
  /// - Throws: ``PythonError`` when it cannot start, or already runs with another installation.
  public static func start(_ installation: PythonInstallation) throws(PythonError) -> Interpreter {
    let result: Result<Interpreter, PythonError> = started.withLock { running in
      if let running {
        guard running.installation == installation else {
          return .failure(
            PythonError(
              .start, "Python runs with \(running.installation.named) already; a process has one interpreter")
          )
        }
        return .success(running)
      }
      let failure = unsafe Failure.of { failure in
        unsafe cpython_start(
          installation.executable, installation.siteFolder, installation.searchPath,
          installation.optimizes ? 1 : 0, failure)
      }
      if let failure { return .failure(failure.pythonError) }
      let interpreter = Interpreter(installation)
      running = interpreter
      return .success(interpreter)
    }
    return try result.get()
  }

  /// Ends the interpreter, if it runs, before the process ends.
  ///
  /// Threads of environments are joined, exit handlers run, files are flushed and closed, and the processes of
  /// multiprocessing are ended or joined, as when python ends. Call it last, on the thread that started the interpreter,
  /// when no environment is left. If it takes longer than `patience` seconds, that is reported and the process ends with
  /// `exitCode`.
  public static func finish(patience: Double, exitCode: Int32) { cpython_finish(patience, exitCode) }

  /// Runs `body` while holding the interpreter's lock (GIL).
  ///
  /// Every call into Python acquires the lock; inside of `body`, this only increments a counter.
  public func withLock<R, Failure: Error>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
    let state = cpython_attach()
    defer { cpython_detach(state) }
    return try body()
  }

  /// Returns the sorted ids of Gymnasium's registry, or only those with a vector entry point.
  public func environmentIdentifiers(ofVectors: Bool = false) throws(PythonError) -> [String] {
    let text = try unsafe Self.text { unsafe cpython_identifiers(ofVectors ? 1 : 0, $0, $1) }
    return text.split(separator: "\n").map(String.init)
  }

  /// Returns a Minari data set as JSON lines of trajectories without log-probabilities.
  ///
  /// - Throws: ``PythonError`` when minari is not installed, or the data set is not on this machine.
  public func minariLines(_ name: String) throws(PythonError) -> String {
    try unsafe Self.text { unsafe cpython_minari_lines(name, $0, $1) }
  }

  /// Makes `random` and `numpy.random` draw from the stream of the environment that is stepped, from now on.
  ///
  /// Draws in constructors come from a separate stream, which depends on this seed and on the lane of the environment.
  ///
  /// - Returns: true if they were not captured before; the new seed is used in any case.
  /// - Throws: ``PythonError`` when numpy cannot be captured.
  public func captureRandomness(_ generator: RandomGenerator, seed: UInt64) throws(PythonError) -> Bool {
    let result: Result<Bool, PythonError> = outside.withLock { captured in
      guard captured == nil else {
        captured?.seed = seed
        return .success(false)
      }
      do {
        let key = StreamKey(seed: seed, purpose: .environment, episode: Self.beforeEpisodes)
        let opened = try RandomStream(key, generator: generator)
        captured = (opened, seed)
        let failure = unsafe Failure.of { unsafe cpython_capture_randomness(opened.hosted, $0) }
        return failure.map { .failure($0.pythonError) } ?? .success(true)
      } catch {
        return .failure(PythonError(.start, "\(error)"))
      }
    }
    return try result.get()
  }

  /// The episode number of the stream for draws before the first episode; no episode has it.
  private static let beforeEpisodes = UInt32.max

  /// Restarts the stream of constructors for the lane whose environment is about to be opened, so that its draws depend
  /// on the lane and not on the process.
  func beginOpening(lane: Int) {
    outside.withLock { captured in
      guard let (stream, seed) = captured else { return }
      stream.restart(
        at: StreamKey(
          seed: seed, purpose: .environment, lane: UInt32(lane), episode: Self.beforeEpisodes))
    }
  }

  /// Returns the findings of the checks inside of Python on the environment with this name, in trials of `steps` steps.
  ///
  /// - Throws: ``PythonError`` when it cannot be opened.
  public func findings(
    about reference: String, register: [String], steps: Int
  ) throws(PythonError) -> [EnvironmentCheck.Finding] {
    let text = try unsafe Self.text { out, failure in
      unsafe PythonOpening(reference, register: register).withC { opening in
        unsafe cpython_environment_examine(opening, Int64(steps), out, failure)
      }
    }
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 4, let verdict = EnvironmentCheck.Verdict(rawValue: parts[1]) else { return nil }
      return EnvironmentCheck.Finding(parts[0], verdict, parts[2], advice: parts[3])
    }
  }

  /// Runs a Python program and returns `str(result)`.
  package func run(_ program: String) throws(PythonError) -> String {
    try unsafe Self.text { unsafe cpython_run(program, $0, $1) }
  }

  /// Copies a text that the shim returns, and frees it.
  static func text(
    _ call: (
      UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, UnsafeMutablePointer<cpython_failure>
    ) -> cpython_fault
  ) throws(PythonError) -> String {
    var out: UnsafeMutablePointer<CChar>?
    let failure = unsafe Failure.of { unsafe call(&out, $0) }
    if let failure { throw failure.pythonError }
    defer { unsafe cpython_free(out) }
    return unsafe out.map { unsafe String(cString: $0) } ?? ""
  }
}
