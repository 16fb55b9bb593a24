/// Runs a training in a child process and restarts it from its newest checkpoint after a fault.
///
/// An exception, a hang, a segmentation fault, `os._exit` or a system out of memory ends only the child. The next one
/// resumes from the newest intact checkpoint, as after Ctrl-C or a power cut, and yields the same bits. A fault that
/// repeats ``patience`` times without a newer checkpoint ends the run.
public struct Supervisor {
  private let executable: String
  private let arguments: [String]
  /// Held from the first process to the last.
  private let lock: RunLock
  private var folder: RunFolder { lock.folder }

  /// The number of faults without a newer checkpoint after which the run is given up.
  public static let patience = 3

  /// The exit code of a process that refused to begin or to go on with the run: the next one would refuse it, too.
  public static let refusal: Int32 = 78

  /// A fault that ended the process of a run.
  public struct Fault: Sendable {
    /// The ending of the process, as part of a sentence.
    public let ending: String
    /// The number of faults so far.
    public let count: Int
    /// True if the fault repeated too often; the run is then given up.
    public let isRepeated: Bool
    /// The newest checkpoint; nil if the run restarts from its beginning.
    public let checkpoint: String?
  }

  /// Supervises a run, and locks its folder.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - folder: the folder of the run; nil for a new one below `runs/`.
  ///   - isResumed: true if the folder may have a run.
  ///   - executable: the path of the program.
  ///   - arguments: the arguments of its command `train`; `--resume` is added after a fault.
  /// - Throws: ``ExperimentError/usage(_:)`` if another process owns the folder, or it has something else.
  public init(
    of configuration: Configuration, in folder: RunFolder?, isResumed: Bool, executable: String,
    arguments: [String]
  ) throws(ExperimentError) {
    try folder?.check(resuming: isResumed)
    lock = try .claim(folder, for: configuration, resuming: isResumed, as: .supervisor)
    self.executable = executable
    self.arguments = (folder == nil ? ["--out", lock.folder.path] : []) + arguments
  }

  /// Restarts the process until the run ends or a fault repeats too often.
  ///
  /// - Parameters:
  ///   - isInterrupted: called every 50 ms; when it returns true, the run saves a checkpoint and stops.
  ///   - onFault: called after each fault.
  /// - Returns: the exit code of the run.
  /// - Throws: ``ExperimentError`` when no process can be started.
  public func run(isInterrupted: () -> Bool, onFault: (Fault) -> Void) throws(ExperimentError) -> Int32 {
    var (count, repeated) = (0, 0)
    var checkpoint = folder.newestCheckpoint
    while true {
      let supervised = ["--supervised-by", String(ChildProcess.own)] + (count > 0 ? ["--resume"] : [])
      let child = try ChildProcess(executable, ["train"] + supervised + arguments)
      let ending = wait(for: child, isInterrupted)
      if ending == .code(Self.refusal) { return ExitStatus.usage.rawValue }
      if case .code(let code) = ending, !isFault(code, isFirst: count == 0) { return code }
      if isInterrupted() { return ExitStatus.interrupted.rawValue }
      let newest = folder.newestCheckpoint
      repeated = newest == checkpoint ? repeated + 1 : 1
      count += 1
      checkpoint = newest
      let isRepeated = repeated >= Self.patience
      onFault(Fault(ending: ending.words, count: count, isRepeated: isRepeated, checkpoint: newest))
      guard isRepeated else { continue }
      if case .code(let code) = ending, code != 0 { return code }
      return ExitStatus.environmentFault.rawValue
    }
  }

  /// Returns whether to restart the run after an exit code.
  ///
  /// Code 0 is a fault if the run is not finished. Usage and machine errors are faults after the first process, unless
  /// the run is finished: an environment that could be opened once can probably be opened again, but results that cannot
  /// be written cannot be written the next time either.
  private func isFault(_ code: Int32, isFirst: Bool) -> Bool {
    switch ExitStatus(rawValue: code) {
    case .done: !isDone
    case .usage, .machine: !isFirst && !isDone
    case .environmentFault: true
    case .damaged, .checkFailed, .diverged, .unfitted, .interrupted, nil: false
    }
  }

  /// True if run.toml has the fingerprint of a finished run: an environment can make the process exit with 0 earlier.
  private var isDone: Bool {
    guard let bytes = try? AtomicFile.read(folder.runFile, limit: AtomicFile.largestText),
      let records = try? Configuration.records(
        in: String(decoding: bytes, as: UTF8.self), file: folder.runFile)
    else { return false }
    return records.contains { $0.key == RunRecord.fingerprintKey }
  }

  private func wait(for child: ChildProcess, _ isInterrupted: () -> Bool) -> ChildProcess.Ending {
    var isTold = false
    while true {
      if let ending = child.ending(within: 50) { return ending }
      if isInterrupted(), !isTold {
        isTold = true
        child.askToStop()
      }
    }
  }

  /// Called in the process of the run: makes it end when its supervisor does.
  public static func endWithParent(_ parent: Int32) { ChildProcess.endWithParent(parent) }
}
