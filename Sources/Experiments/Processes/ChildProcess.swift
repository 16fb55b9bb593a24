internal import CAscentWorkers
private import Glibc

/// A child process that runs this executable.
package struct ChildProcess {
  private let id: Int32

  /// The ending of a process: an exit code or a signal.
  package enum Ending: Equatable {
    case code(Int32)
    case signal(Int32)

    /// The ending as part of a sentence.
    package var words: String {
      switch self {
      case .code(let code): return "ended with exit code \(code)"
      case .signal(let number):
        let name = unsafe strsignal(number).map { unsafe String(cString: $0) } ?? "unknown"
        return "was ended by signal \(number) (\(name))"
      }
    }
  }

  /// Starts the process.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` when the system cannot start it.
  init(_ executable: String, _ arguments: [String]) throws(ExperimentError) {
    id = unsafe Self.withTexts([executable] + arguments) { unsafe cworkers_spawn(executable, $0) }
    guard id > 0 else { throw .machine("cannot start a process of \(executable)") }
  }

  /// Starts the process with nothing to read; what it prints is appended to two files.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` when the system cannot start it or open the files.
  package init(
    _ executable: String, _ arguments: [String], output: String, errors: String
  ) throws(ExperimentError) {
    id = unsafe Self.withTexts([executable] + arguments) {
      unsafe cworkers_spawn_apart(executable, $0, output, errors)
    }
    guard id > 0 else { throw .machine("cannot start a process of \(executable) that writes \(output)") }
  }

  /// Waits up to `milliseconds`; returns how the process ended, or nil if it still runs.
  package func ending(within milliseconds: Int32) -> Ending? {
    var ending: Int32 = 0
    switch unsafe cworkers_await(id, milliseconds, &ending) {
    case .gone: return ending < 0 ? .signal(-ending) : .code(ending)
    case .waiting: return nil
    default: return .code(3)
    }
  }

  /// Sends SIGINT, as Ctrl-C does.
  package func askToStop() { cworkers_ask_to_stop(id) }

  /// Continues as another executable in this process; returns only if it cannot be started.
  ///
  /// The other executable finds the path of this one in an environment variable.
  package static func replaceOwn(by executable: String, _ arguments: [String], variable: String) {
    unsafe setenv(variable, CommandLine.arguments[0], 1)
    unsafe withTexts([executable] + arguments) { texts in
      let mutable = unsafe texts.map { unsafe UnsafeMutablePointer(mutating: $0) }
      _ = unsafe execv(executable, mutable)
    }
    removeVariable(variable)
  }

  /// Removes an environment variable of this process; returns its value.
  @discardableResult
  package static func removeVariable(_ name: String) -> String? {
    let value = unsafe getenv(name).map { unsafe String(cString: $0) }
    unsafe unsetenv(name)
    return value
  }

  /// Called in the child: makes this process end when its parent does.
  static func endWithParent(_ parent: Int32) { cworkers_end_with(parent) }

  /// The id of this process.
  package static var own: Int32 { getpid() }

  /// The resident memory of this process, in megabytes.
  static var residentMegabytes: Int { Int(cworkers_resident_bytes() / 1_000_000) }

  /// Calls `body` with a NULL-terminated array of C strings, valid for the call.
  static func withTexts<R>(_ words: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
    // One array has all strings, so no memory has to be freed.
    let texts = words.map { Array($0.utf8CString) }
    var joined = texts.flatMap(\.self)
    return unsafe joined.withUnsafeMutableBufferPointer { all in
      var pointers: [UnsafePointer<CChar>?] = unsafe []
      var next = 0
      for text in texts {
        unsafe pointers.append(all.baseAddress.map { unsafe UnsafePointer($0 + next) })
        next += text.count
      }
      unsafe pointers.append(nil)
      return unsafe body(pointers)
    }
  }
}
