internal import FoundationEssentials

/// The event files of a run, `events.out.tfevents.000001` and so on, which TensorBoard shows: a record for each iteration and
/// for each evaluation.
///
/// Each process that makes or resumes the run begins a file. Before it does, what earlier files have of steps after the
/// checkpoint is cut off, so that no step is there twice; a TensorBoard that has read it is told to drop it. Times are real,
/// so the seed does not determine these files, and nothing compares them.
struct EventLog {
  /// The beginning of the names, by which TensorBoard knows the files.
  static let prefix = "events.out.tfevents."

  private let folder: RunFolder
  /// The file of this process; nil if there is none.
  private var file: String?

  /// A log in a folder, which writes nothing until it begins.
  init(in folder: RunFolder) { self.folder = folder }

  /// Cuts the files of the processes before, and begins that of this one.
  ///
  /// - Parameters:
  ///   - steps: the steps of the run so far.
  ///   - isWritten: false if this process writes none.
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  mutating func begin(after steps: Int, isWritten: Bool) throws(ExperimentError) {
    var last = 0
    for name in folder.eventFiles {
      try Self.cut(folder.absolutePath + "/" + name, after: steps)
      last = max(last, Int(name.dropFirst(Self.prefix.count)) ?? 0)
    }
    guard isWritten else { return }
    let digits = String(last + 1)
    let number = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    let name = folder.absolutePath + "/" + Self.prefix + number
    var records = EventRecord.version(at: Self.now)
    if last > 0 { records += EventRecord.sessionStart(at: Self.now, step: steps + 1) }
    try AtomicFile.replace(name, with: records)
    file = name
  }

  /// Leaves only whole records of steps that are not after `steps`; a file that cannot be read stays as it is.
  private static func cut(_ file: String, after steps: Int) throws(ExperimentError) {
    guard let bytes = try? AtomicFile.read(file) else { return }
    let end = EventRecord.end(ofStepsUpTo: steps, in: bytes)
    if end < bytes.count { try AtomicFile.replace(file, with: Array(bytes[..<end])) }
  }

  /// Appends numbers, in one write.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  func append(
    _ numbers: [(name: String, value: Double)], step: Int
  ) throws(ExperimentError) {
    guard let file else { return }
    try AtomicFile.append(EventRecord.numbers(numbers, at: Self.now, step: step), to: file)
  }

  /// The time in seconds since 1970.
  private static var now: Double { Date().timeIntervalSince1970 }
}

extension RunFolder {
  /// The names of the event files, the oldest first.
  var eventFiles: [String] {
    Self.entries(of: absolutePath).filter(Self.isEventFile).sorted()
  }

  /// True for the name of an event file of ours.
  static func isEventFile(_ name: String) -> Bool {
    name.hasPrefix(EventLog.prefix)
      && name.dropFirst(EventLog.prefix.count).allSatisfy { $0.isASCII && $0.isNumber }
  }
}
