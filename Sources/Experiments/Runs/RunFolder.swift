internal import AscentPolicyGradients
internal import CAscentWorkers
private import Glibc

/// The names and the layout of a run's files.
public struct RunFolder: Sendable {
  /// The path as given.
  public let path: String
  /// The absolute path, since an environment may change the current folder of the process.
  private let root: String

  /// Names a folder; the file system is not accessed.
  public init(_ path: String) {
    self.path = path
    root = path.hasPrefix("/") ? path : Self.currentFolder + "/" + path
  }

  package var runFile: String { run.root + "/run.toml" }
  package var metricsFile: String { root + "/metrics.csv" }
  var originFile: String { run.root + "/origin.toml" }
  var faultFile: String { root + "/fault.json" }
  var policyFile: String { root + "/policy.json" }
  var weightsFile: String { root + "/policy.safetensors" }
  /// The weights with which the run began, if it began from another run's policy.
  var beginningFile: String { root + "/beginning.safetensors" }
  var checkpointFolder: String { root + "/checkpoints" }
  var lockFile: String { run.root + "/lock" }
  /// The rows of metrics.csv up to the newest checkpoint.
  var savedMetricsFile: String { root + "/metrics-saved.csv" }

  static var currentFolder: String {
    guard let text = unsafe getcwd(nil, 0) else { return "." }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// True if the path exists.
  public var exists: Bool { unsafe access(root, F_OK) == 0 }

  /// True if the path is a folder without anything but a lock.
  private var isEmpty: Bool {
    guard let status = FilePlace.status(root), status.mode & S_IFMT == S_IFDIR else { return false }
    return Self.entries(of: root).allSatisfy { [".", "..", "lock"].contains($0) }
  }

  /// Checks that a run may begin or, when resuming, go on in this folder.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` if there is something else.
  func check(
    resuming: Bool, orElse advice: String = "; choose another --out, or continue the run with --resume"
  )
    throws(ExperimentError)
  {
    guard !isBest else {
      throw .usage("\(path) is the best policy of the run in \(run.path); \(Self.bestAdvice)")
    }
    guard !exists || isEmpty || resuming else { throw .usage("\(path) already exists\(advice)") }
  }

  /// True if the folder contains a run.toml.
  public var containsRun: Bool { unsafe access(runFile, F_OK) == 0 }

  /// Makes the folder and its parents; returns those that did not exist.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  package func make() throws(ExperimentError) -> [String] {
    var (current, made) = ("", [String]())
    for part in root.split(separator: "/") {
      current += "/" + part
      if try Self.makeOne(current) { made.append(current) }
    }
    return made
  }

  /// Makes the folder unless the path exists; returns whether it did.
  func makeAlone() throws(ExperimentError) -> Bool { try Self.makeOne(root) }

  /// Makes the folder of checkpoints, and checks that the run's folder is writable.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  func prepare() throws(ExperimentError) {
    _ = try Self.makeOne(checkpointFolder)
    guard unsafe access(root, W_OK) == 0 else {
      throw .file(path: path, action: "write into", number: errno)
    }
  }

  private static func makeOne(_ folder: String, mode: mode_t = 0o755) throws(ExperimentError) -> Bool {
    if unsafe mkdir(folder, mode) == 0 { return true }
    guard errno == EEXIST else { throw .file(path: folder, action: "make the folder", number: errno) }
    return false
  }

  /// Renames a folder that has the name of a file to write; returns its new name, or nil if there was none.
  static func clear(_ file: String) -> String? {
    guard FilePlace.isFolder(file) else { return nil }
    let names = (1...99).lazy.map { "\(file).folder" + ($0 == 1 ? "" : "-\($0)") }
    guard let free = names.first(where: { FilePlace.status($0) == nil }), unsafe rename(file, free) == 0
    else {
      return nil
    }
    return free
  }

  /// Deletes all but the newest checkpoints.
  func pruneCheckpoints() {
    for old in checkpoints.dropFirst(Self.keptCheckpoints) { unsafe unlink(old) }
  }

  /// Removes the temporary files of processes that were killed; the folder must be locked.
  ///
  /// Only names that a run gives are removed, never the target of a link.
  func removeTemporaryFiles() {
    let own = Set(Self.fileNames)
    for folder in [root, best.root] {
      for name in Self.entries(of: folder) {
        guard let file = TemporaryName.file(of: name), own.contains(file) || Self.isEventFile(file) else {
          continue
        }
        unsafe unlink(folder + "/" + name)
      }
    }
    for name in Self.entries(of: checkpointFolder) {
      guard let file = TemporaryName.file(of: name), Self.isCheckpoint(file) else { continue }
      unsafe unlink(checkpointFolder + "/" + name)
    }
  }

  /// Makes a temporary folder that did not exist.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  package static func temporary() throws(ExperimentError) -> RunFolder {
    let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var number = 1
    while true {
      let folder = RunFolder("\(base)/ascent-\(getpid())" + (number == 1 ? "" : "-\(number)"))
      if try makeOne(folder.root, mode: 0o700) { return folder }
      number += 1
    }
  }

  /// The names in a folder, and `.` and `..`; none if it cannot be read.
  package static func entries(of folder: String) -> [String] {
    guard let handle = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while let entry = unsafe readdir(handle) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names
  }

  // MARK: The file that is locked

  /// A file of the file system, whatever its name.
  struct Identity: Hashable {
    var device, number: UInt64
  }

  /// The error number of a lock that another process has.
  static let isLocked = EAGAIN
  /// The absolute path.
  package var absolutePath: String { root }

  /// The id of this process.
  static var process: Int32 { getpid() }

  /// Opens the file that is locked, and makes it if it does not exist; returns nil if `creating` is false and it does not.
  func openLock(creating: Bool = true) throws(ExperimentError) -> Int32? {
    let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (creating ? O_CREAT : 0)
    let descriptor = unsafe open(lockFile, flags, 0o644)
    guard descriptor >= 0 else {
      guard creating else { return nil }
      throw .file(path: lockFile, action: "open", number: errno)
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      Glibc.close(descriptor)
      throw .usage("\(lockFile) is not a regular file; remove it, or choose another --out")
    }
    return descriptor
  }

  /// The file behind a descriptor; nil if it is not open.
  static func identity(of descriptor: Int32) -> Identity? {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0
      ? Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino)) : nil
  }

  /// The file that has the name of the lock; nil if there is none.
  var lockIdentity: Identity? {
    var status = stat()
    return unsafe lstat(lockFile, &status) == 0
      ? Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino)) : nil
  }

  static func close(_ descriptor: Int32) { Glibc.close(descriptor) }

  static func pause(milliseconds: UInt32) { usleep(1000 * milliseconds) }

  func removeLock() { unsafe unlink(lockFile) }

  /// Removes folders that are empty, the innermost first.
  static func remove(_ folders: [String]) {
    for folder in folders.reversed() { unsafe rmdir(folder) }
  }
}

/// The place and the owner of files.
package enum FilePlace {
  /// The account of this process.
  package static var ownAccount: UInt32 { geteuid() }

  /// The absolute path without links; the path itself if it leads nowhere.
  package static func resolved(_ path: String) -> String {
    guard let text = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// The device, the number, the owner and the permissions of a file; nil if there is none.
  package static func status(_ path: String) -> (place: String, owner: UInt32, mode: UInt32)? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return ("\(status.st_dev):\(status.st_ino)", status.st_uid, status.st_mode)
  }

  /// True for a folder that is no link to one.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The device, the number and the time of birth of a folder, as far as its file system records the last.
  ///
  /// `mv` within a file system keeps them. A copied or unpacked folder has others, and who makes an archive can guess
  /// numbers, but not the nanosecond in which it will be unpacked.
  static func identity(ofFolder path: String) -> String {
    guard let place = status(path)?.place else { return "" }
    var (seconds, nanoseconds) = (Int64(0), UInt32(0))
    guard unsafe cworkers_birth(path, &seconds, &nanoseconds) else { return place }
    return "\(place):\(seconds).\(nanoseconds)"
  }
}
