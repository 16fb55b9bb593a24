internal import CPython
public import Environments
public import Randomness
internal import Synchronization

/// The one Python interpreter of the process.
///
/// It starts isolated from the user's variables, with fixed string hashes, without handlers of signals, and with
/// `sys.stdout` sent to standard error. It never stops: numpy cannot be started twice.
public final class Interpreter: Sendable {
  /// The installation that it was started with.
  public let installation: PythonInstallation

  private static let started = Mutex<Interpreter?>(nil)
  /// What `random` and `numpy.random` draw from outside of environments, once they are captured.
  private let outside = Mutex<(stream: RandomStream, seed: UInt64)?>(nil)

  private init(_ installation: PythonInstallation) { self.installation = installation }

  /// Starts the interpreter, or returns the one that runs.
  ///
  /// - Throws: ``PythonError`` when it cannot start, or runs with another installation already.
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
          installation.executable, installation.siteFolder, installation.optimizes ? 1 : 0, failure)
      }
      if let failure { return .failure(failure.pythonError) }
      let interpreter = Interpreter(installation)
      running = interpreter
      return .success(interpreter)
    }
    return try result.get()
  }

  /// Runs `body` with the interpreter's lock held.
  ///
  /// Every call into Python takes the lock by itself; inside of `body` that is only a counter.
  public func withLock<R, Failure: Error>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
    let state = cpython_attach()
    defer { cpython_detach(state) }
    return try body()
  }

  /// The ids that Gymnasium knows, sorted.
  public func environmentIdentifiers(ofVectors: Bool = false) throws(PythonError) -> [String] {
    let text = try unsafe Self.text { unsafe cpython_identifiers(ofVectors ? 1 : 0, $0, $1) }
    return text.split(separator: "\n").map(String.init)
  }

  /// A Minari data set that is on this machine, as JSON lines of trajectories without log-probabilities.
  ///
  /// - Throws: ``PythonError`` when minari is not installed, or has no such data set here.
  public func minariLines(_ name: String) throws(PythonError) -> String {
    try unsafe Self.text { unsafe cpython_minari_lines(name, $0, $1) }
  }

  /// Lets `random` and `numpy.random` draw from the stream of the environment that is stepped, from now on.
  ///
  /// What constructors draw comes from a stream of their own, of this seed and the lane that they are for.
  ///
  /// - Returns: whether they were not captured before; the seed is the new one in any case.
  /// - Throws: ``PythonError`` when numpy does not let us.
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

  /// No episode has this number: the stream of what is drawn before the first one.
  private static let beforeEpisodes = UInt32.max

  /// Begins what constructors draw for a lane whose environment is about to be opened: it is the lane's, and not the
  /// process's.
  func beginOpening(lane: Int) {
    outside.withLock { captured in
      guard let (stream, seed) = captured else { return }
      stream.restart(
        at: StreamKey(
          seed: seed, purpose: .environment, lane: UInt32(lane), episode: Self.beforeEpisodes))
    }
  }

  /// What can be found out inside of Python about the environment with this name, which is played for so many steps.
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

  /// Runs a program of ours and returns `str(result)`.
  package func run(_ program: String) throws(PythonError) -> String {
    try unsafe Self.text { unsafe cpython_run(program, $0, $1) }
  }

  /// Takes over a text that C hands out.
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
