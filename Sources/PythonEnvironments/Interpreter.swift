public import AscentEnvironments
public import AscentRandomness
internal import CAscentPython
internal import Synchronization

/// The one Python interpreter of the process.
///
/// It is isolated from the user's environment variables, uses fixed string hashes, installs no signal handlers, and
/// writes `sys.stdout` to standard error. It ends once, with the process, because numpy cannot be started twice.
public final class Interpreter: Sendable {
  /// The installation with which it was started.
  public let installation: PythonInstallation

  private static let started = Mutex<Interpreter?>(nil)
  /// The stream for draws outside of environments, and whether it is that of `random` and `numpy.random`, too.
  private let outside = Mutex<Outside?>(nil)

  private struct Outside {
    var stream: RandomStream
    var seed: UInt64
    var isCaptured = false
  }

  private init(_ installation: PythonInstallation) { self.installation = installation }

  /// Starts the interpreter, or returns the running one.
  ///
  /// - Throws: ``PythonError`` when it cannot start, already runs with another installation, or was started by the program
  ///   itself (see ``adopt()``).
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
      guard cpython_is_running() == 0 else {
        return .failure(
          PythonError(
            .start,
            "this program has started Python by itself: host environments in it with Interpreter.adopt()"))
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

  /// Hosts environments in the interpreter that the program has started by itself, or returns the one that runs already.
  ///
  /// Packages are those that this interpreter finds. Release its lock first if another thread will use environments, as
  /// `Training.events` does: after `Py_Initialize` the calling thread holds it (`PyEval_SaveThread`). Do not end the
  /// interpreter and start another one. What is decided when an interpreter starts is lost:
  ///
  /// - the order of sets and the hashes of texts are only the same in every run with PYTHONHASHSEED=0;
  /// - PYTHONPATH and other variables count, and modules that were loaded before are as they are; a file of the user's own
  ///   may come from a `__pycache__` of an earlier text;
  /// - signal handlers and processes that environments start are as Python has them; `os._exit` ends the process, and what
  ///   environments print goes to standard output;
  /// - a call that hangs is not noticed.
  ///
  /// `OPENBLAS_NUM_THREADS`, `OMP_NUM_THREADS` and `MKL_NUM_THREADS` become 1 unless they are set, `import ascent` is
  /// Ascent's module, and a forked child that calls an environment ends. ``exit(_:)`` ends the process without ending the
  /// interpreter. Processes that `Workforce` starts have to start and adopt one of their own.
  ///
  /// - Throws: ``PythonError`` when no interpreter runs, or it cannot import what it needs.
  public static func adopt() throws(PythonError) -> Interpreter {
    let result: Result<Interpreter, PythonError> = started.withLock { running in
      if let running { return .success(running) }
      guard cpython_is_running() != 0 else {
        return .failure(
          PythonError(
            .start, "no Python runs in this process that could be adopted: use Interpreter.start(_:)"))
      }
      let failure = unsafe Failure.of { unsafe cpython_adopt($0) }
      if let failure { return .failure(failure.pythonError) }
      let interpreter = Interpreter(.adopted)
      running = interpreter
      return .success(interpreter)
    }
    return try result.get()
  }

  /// True if the order of sets and the hashes of texts are the same in every run.
  public var hasFixedHashes: Bool {
    !installation.isAdopted || (try? run("import sys; result = str(sys.flags.hash_randomization)")) == "0"
  }

  /// Ends the process, and before it the interpreter, if it runs.
  ///
  /// Threads of environments are joined, exit handlers run, files are flushed and closed, and the processes of
  /// multiprocessing are ended or joined, as when python ends. Call it on the thread that started the interpreter, when no
  /// environment is left. If it takes longer than ``watchCalls(seconds:exitCode:)`` allows, that is reported and the
  /// process ends at once.
  public static func exit(_ code: Int32) -> Never { cpython_exit(code) }

  /// Makes calls of many steps, such as ``findings(about:steps:randomness:)``, throw an error of the kind
  /// ``PythonError/Kind/interrupted`` at their next step; it may be called in a handler of signals.
  public static func requestStop() { cpython_request_stop() }

  /// Runs `body` while holding the interpreter's lock (GIL).
  ///
  /// Every call into Python acquires the lock; inside of `body`, this only increments a counter.
  public func withLock<R, Failure: Error>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
    let state = cpython_attach()
    defer { cpython_detach(state) }
    return try body()
  }

  /// Returns the sorted ids of Gymnasium's registry, or only those that a module registers when it is imported, or those
  /// with a vector entry point.
  ///
  /// - Throws: ``PythonError`` when the module cannot be imported, or registers nothing.
  public func environmentIdentifiers(
    of module: String? = nil, ofVectors: Bool = false
  ) throws(PythonError) -> [String] {
    let text = try unsafe Self.text { out, failure in
      guard let module else { return unsafe cpython_identifiers(ofVectors ? 1 : 0, nil, out, failure) }
      return unsafe module.withCString {
        unsafe cpython_identifiers(ofVectors ? 1 : 0, $0, out, failure)
      }
    }
    return text.split(separator: "\n").map(String.init)
  }

  /// Returns a Minari data set as JSON lines of trajectories without log-probabilities.
  ///
  /// - Throws: ``PythonError`` when minari is not installed, or the data set is not on this machine.
  public func minariLines(_ name: String) throws(PythonError) -> String {
    try unsafe Self.text { unsafe cpython_minari_lines(name, $0, $1) }
  }

  /// Sets the generator and the seed of the stream for draws outside of environments, such as in constructors.
  ///
  /// - Throws: ``PythonError`` when the stream cannot be opened.
  public func drawOutside(_ generator: RandomGenerator, seed: UInt64) throws(PythonError) {
    let result: Result<Void, PythonError> = outside.withLock { outside in
      guard outside?.stream.generator != generator || outside?.isCaptured == true else {
        outside?.seed = seed
        return .success(())
      }
      do {
        let stream = try RandomStream(Self.key(seed), generator: generator)
        // Never released: Python code may still draw from the one before.
        _ = unsafe Unmanaged.passRetained(stream)
        outside = Outside(stream: stream, seed: seed)
        return .success(())
      } catch {
        return .failure(PythonError(.start, "\(error)"))
      }
    }
    try result.get()
  }

  /// Makes `random` and `numpy.random` draw from the stream of the environment that is stepped, from now on.
  ///
  /// Draws in constructors come from a separate stream, which depends on the seed of ``drawOutside(_:seed:)`` and on the
  /// lane of the environment.
  ///
  /// - Returns: true if they were not captured before.
  /// - Throws: ``PythonError`` when numpy cannot be captured.
  public func captureRandomness() throws(PythonError) -> Bool {
    try beginOpening(lane: 0, feeding: true)
    let result: Result<Bool, PythonError> = outside.withLock { outside in
      guard outside?.isCaptured == false else { return .success(false) }
      outside?.isCaptured = true
      let failure = unsafe Failure.of { unsafe cpython_capture_randomness($0) }
      return failure.map { .failure($0.pythonError) } ?? .success(true)
    }
    return try result.get()
  }

  /// The key of the stream for draws before the first episode; no episode has it.
  private static func key(_ seed: UInt64, lane: Int = 0) -> StreamKey {
    StreamKey(seed: seed, purpose: .environment, lane: UInt32(lane), episode: UInt32.max)
  }

  /// Restarts the stream of constructors for the lane whose environment is about to be opened, so that its draws depend
  /// on the lane and not on the process.
  ///
  /// - Parameters:
  ///   - lane: the lane.
  ///   - feeding: true if generators that Gymnasium would seed from the operating system draw from it.
  /// - Throws: ``PythonError`` when Python raises an exception.
  func beginOpening(lane: Int, feeding: Bool) throws(PythonError) {
    if outside.withLock({ $0 == nil }) { try drawOutside(.philox, seed: 0) }
    let failure = outside.withLock { outside -> Failure.Content? in
      guard let outside else { return nil }
      outside.stream.restart(at: Self.key(outside.seed, lane: lane))
      return unsafe Failure.of { unsafe cpython_draw_elsewhere(outside.stream.hosted(feeding: feeding), $0) }
    }
    if let failure { throw failure.pythonError }
  }

  /// Returns the findings of the checks inside of Python on an environment, in trials of `steps` steps.
  ///
  /// - Throws: ``PythonError`` when it cannot be opened.
  public func findings(
    about opening: PythonOpening, steps: Int, randomness: EnvironmentRandomness
  ) throws(PythonError) -> [EnvironmentCheck.Finding] {
    let text = try unsafe Self.text { out, failure in
      unsafe opening.withC { opening in
        unsafe randomness.name.withCString { source in
          unsafe cpython_environment_examine(opening, Int64(steps), source, out, failure)
        }
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
