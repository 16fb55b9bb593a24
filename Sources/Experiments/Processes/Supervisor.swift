/// Looks after a run in a process of its own, and begins it again where it stood when a fault ends it.
///
/// Whatever ends the run's process (an exception, a hang, a segmentation fault, `os._exit`, the system short of memory)
/// ends no more than that: the next one goes on from the newest intact checkpoint, by the same path as after Ctrl-C or
/// a power cut, and comes to the same bits. A fault that comes again without a newer checkpoint is no accident.
public struct Supervisor {
  private let executable: String
  private let command: String
  private let arguments: [String]
  private let folder: RunFolder

  /// How many faults are taken for accidents while the newest checkpoint stays the same.
  public static let patience = 3

  /// What ended a run's process.
  public struct Fault: Sendable {
    /// How it ended, as a part of a sentence.
    public let ending: String
    /// How many faults there were in all.
    public let count: Int
    /// Whether it came too often to be an accident; the run is given up then.
    public let isRepeated: Bool
    /// The newest checkpoint, or nil when the run begins again from its beginning.
    public let checkpoint: String?
  }

  /// Looks after a run.
  ///
  /// - Parameters:
  ///   - executable: the program.
  ///   - command: its command, `train`.
  ///   - arguments: what that is started with; `--resume` is added when it goes on.
  ///   - folder: the run's.
  public init(executable: String, command: String, arguments: [String], folder: RunFolder) {
    (self.executable, self.command, self.arguments, self.folder) = (executable, command, arguments, folder)
  }

  /// Runs until the run ends by itself, or fails again and again.
  ///
  /// - Parameters:
  ///   - isInterrupted: asked often; true asks the run to save and stop.
  ///   - onFault: told of each fault.
  /// - Returns: the exit code of the run.
  /// - Throws: ``ExperimentError`` when no process can be started.
  public func run(isInterrupted: () -> Bool, onFault: (Fault) -> Void) throws(ExperimentError) -> Int32 {
    var (count, repeated) = (0, 0)
    var checkpoint = folder.checkpoints.first
    while true {
      let supervised = ["--supervised-by", String(ChildProcess.own)] + (count > 0 ? ["--resume"] : [])
      let child = try ChildProcess(executable, [command] + supervised + arguments)
      let ending = wait(for: child, isInterrupted)
      if case .code(let code) = ending, !isFault(code, isFirst: count == 0) { return code }
      if isInterrupted() { return ExitStatus.interrupted.rawValue }
      let newest = folder.checkpoints.first
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

  /// Whether an exit code is a fault's: an environment that could be opened once may well be opened again.
  private func isFault(_ code: Int32, isFirst: Bool) -> Bool {
    switch ExitStatus(rawValue: code) {
    case .done: !isDone
    case .usage, .machine: !isFirst
    case .environmentFault: true
    case .damaged, .checkFailed, .diverged, .interrupted, nil: false
    }
  }

  /// Whether the run came to its end: a process can be made to exit with 0 long before.
  private var isDone: Bool {
    guard let bytes = try? AtomicFile.read(folder.runFile),
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

  /// In the run's process: ends with the one that looks after it.
  public static func follow(_ parent: Int32) { ChildProcess.endWithParent(parent) }
}
