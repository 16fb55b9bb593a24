internal import CWorkers
private import Glibc

/// A process of this executable that another one looks after.
struct ChildProcess {
  private let id: Int32

  /// How a process ended.
  enum Ending: Equatable {
    case code(Int32)
    case signal(Int32)

    /// As a part of a sentence.
    var words: String {
      switch self {
      case .code(let code): return "ended with exit code \(code)"
      case .signal(let number):
        let name = unsafe strsignal(number).map { unsafe String(cString: $0) } ?? "unknown"
        return "was ended by signal \(number) (\(name))"
      }
    }
  }

  /// Starts it.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` when the system refuses.
  init(_ executable: String, _ arguments: [String]) throws(ExperimentError) {
    id = unsafe Self.withTexts([executable] + arguments) { unsafe cworkers_spawn(executable, $0) }
    guard id > 0 else { throw .machine("no process of \(executable) can be started") }
  }

  /// How it ended, or nil when it goes on after so many milliseconds.
  func ending(within milliseconds: Int32) -> Ending? {
    var ending: Int32 = 0
    switch unsafe cworkers_await(id, milliseconds, &ending) {
    case .gone: return ending < 0 ? .signal(-ending) : .code(ending)
    case .waiting: return nil
    default: return .code(3)
    }
  }

  /// What Ctrl-C does.
  func askToStop() { cworkers_ask_to_stop(id) }

  /// In the process that was started: ends with its parent.
  static func endWithParent(_ parent: Int32) { cworkers_end_with(parent) }

  /// This process's number.
  static var own: Int32 { getpid() }

  /// Megabytes that this process has in memory.
  static var residentMegabytes: Int { Int(cworkers_resident_bytes() / 1_000_000) }

  /// C's array of texts, with NULL at its end, for the time of a call.
  static func withTexts<R>(_ words: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
    // As one text each in one array, so that nothing has to be given back.
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
