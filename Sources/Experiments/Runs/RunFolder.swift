private import Glibc
internal import PolicyGradients

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

  var runFile: String { root + "/run.toml" }
  var metricsFile: String { root + "/metrics.csv" }
  var originFile: String { root + "/origin.toml" }
  var faultFile: String { root + "/fault.json" }
  var policyFile: String { root + "/policy.json" }
  var weightsFile: String { root + "/policy.safetensors" }
  var checkpointFolder: String { root + "/checkpoints" }

  private static var currentFolder: String {
    guard let text = unsafe getcwd(nil, 0) else { return "." }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  func checkpointFile(steps: Int) -> String {
    let digits = String(steps)
    return checkpointFolder + "/step-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
      + ".safetensors"
  }

  /// The number of newest checkpoints that are not deleted.
  static let keptCheckpoints = 3

  /// The checkpoints, newest first.
  var checkpoints: [String] {
    Self.entries(of: checkpointFolder).filter { $0.hasPrefix("step-") && $0.hasSuffix(".safetensors") }
      .sorted(by: >).map { checkpointFolder + "/" + $0 }
  }

  /// True if the path exists.
  public var exists: Bool { unsafe access(root, F_OK) == 0 }

  /// True if the path is an empty folder.
  var isEmpty: Bool {
    var status = stat()
    guard unsafe stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
    return Self.entries(of: root).allSatisfy { $0 == "." || $0 == ".." }
  }

  /// True if the folder contains a run.toml.
  public var containsRun: Bool { unsafe access(runFile, F_OK) == 0 }

  /// Creates the folder, with parents and `checkpoints/`, and checks that it is writable.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  func create() throws(ExperimentError) {
    var current = ""
    for part in (root + "/checkpoints").split(separator: "/") {
      current += "/" + part
      guard unsafe mkdir(current, 0o755) != 0, errno != EEXIST else { continue }
      throw .file(path: current, action: "make the folder", number: errno)
    }
    guard unsafe access(root, W_OK) == 0 else {
      throw .file(path: path, action: "write into", number: errno)
    }
  }

  /// Deletes all but the newest checkpoints.
  func pruneCheckpoints() {
    for old in checkpoints.dropFirst(Self.keptCheckpoints) { unsafe unlink(old) }
  }

  /// A folder below `runs/` that does not exist yet.
  public static func fresh(for configuration: Configuration) -> RunFolder {
    let plain = configuration.environment.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" }
    let name = "runs/\(String(plain))-\(configuration.algorithm.name)-\(configuration.seed)"
    var folder = RunFolder(name)
    var number = 2
    while folder.exists {
      folder = RunFolder("\(name)-\(number)")
      number += 1
    }
    return folder
  }

  /// A temporary folder that does not exist yet.
  static func temporary() -> RunFolder {
    let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var (folder, number) = (RunFolder("\(base)/ascent-\(getpid())"), 1)
    while folder.exists {
      number += 1
      folder = RunFolder("\(base)/ascent-\(getpid())-\(number)")
    }
    return folder
  }

  private static func entries(of folder: String) -> [String] {
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
}

/// The place and the owner of files.
enum FilePlace {
  /// The account of this process.
  static var ownAccount: UInt32 { geteuid() }

  /// The absolute path without links; the path itself if it leads nowhere.
  static func resolved(_ path: String) -> String {
    guard let text = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// The device, the number, the owner and the permissions of a file; nil if there is none.
  static func status(_ path: String) -> (place: String, owner: UInt32, mode: UInt32)? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return ("\(status.st_dev):\(status.st_ino)", status.st_uid, status.st_mode)
  }
}

extension RunFolder {
  /// The device and the number of the folder, which a copy does not have.
  var place: String { FilePlace.status(root)?.place ?? "" }
}
