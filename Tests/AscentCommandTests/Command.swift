import AscentTestSupport
import Foundation
import Glibc

/// Runs the built executable as a user does.
struct Command {
  var code: Int32
  var out: String
  var error: String

  /// The JSON lines of standard output.
  var lines: [[String: Any]] {
    out.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
  }

  static var executable: String {
    ProcessInfo.processInfo.environment["ASCENT_EXECUTABLE"]
      ?? TestPython.projectFolder + "/.build/debug/ascent"
  }

  /// Runs the executable; `whileRunning` is called with the process as soon as it runs.
  static func run(
    _ arguments: [String], executable: String = Command.executable, in folder: String? = nil,
    environment: [String: String] = [:], terminal: Pseudoterminal? = nil,
    whileRunning: (Process) throws -> Void = { _ in }
  ) throws -> Command {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    var variables = ProcessInfo.processInfo.environment
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] { variables[name] = nil }
    process.environment = variables.merging(environment) { $1 }
    let (out, error) = (Pipe(), Pipe())
    process.standardOutput = out
    if let terminal { process.standardError = terminal.handle } else { process.standardError = error }
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Both pipes are read at once, so that neither fills up.
    if terminal != nil { try error.fileHandleForWriting.close() }
    let errorText = Reader(error.fileHandleForReading)
    try whileRunning(process)
    let outText = out.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Command(
      code: process.terminationStatus, out: String(decoding: outText, as: UTF8.self),
      error: terminal?.text ?? errorText.text)
  }

  /// Kills a process, and returns how many children it had and whether all of them ended with it.
  ///
  /// With `atWork`, it is stopped first at a moment at which it has a child, if that comes within five seconds.
  static func kill(_ process: Process, atWork: Bool = false) throws -> (children: Int, areGone: Bool) {
    let id = process.processIdentifier
    let found = {
      let list = try String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)
      return list.split(separator: " ").compactMap { Int32($0) }
    }
    for _ in 0..<500 where atWork && process.isRunning {
      Glibc.kill(id, SIGSTOP)
      usleep(5000)
      if try !found().isEmpty { break }
      Glibc.kill(id, SIGCONT)
      usleep(5000)
    }
    let children = try found()
    Glibc.kill(id, SIGKILL)
    let live = { children.contains { Glibc.kill($0, 0) == 0 } }
    for _ in 0..<500 where live() { usleep(10_000) }
    return (children.count, !live())
  }

  /// Reads a pipe to its end on a thread of its own.
  private final class Reader: @unchecked Sendable {
    private let group = DispatchGroup()
    private var data = Data()

    init(_ handle: FileHandle) {
      DispatchQueue.global().async(group: group) { self.data = handle.readDataToEndOfFile() }
    }

    var text: String {
      group.wait()
      return String(decoding: data, as: UTF8.self)
    }
  }
}

/// A folder that is gone when the test is over.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/ascent-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  func text(_ name: String) throws -> String { try String(contentsOfFile: self(name), encoding: .utf8) }

  /// Waits until a run that a process makes has come so far in its metrics.csv, its header counted.
  func await(rows: Int, of run: String, madeBy process: Process) {
    for _ in 0..<3000 where process.isRunning {
      if let text = try? text("\(run)/metrics.csv"), text.split(separator: "\n").count >= rows { return }
      usleep(10_000)
    }
  }

  func names(_ name: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: name.isEmpty ? path : self(name)).sorted()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
