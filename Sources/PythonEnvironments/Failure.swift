internal import AscentEnvironments
internal import CAscentPython

/// The conversion of the C shim's failures to Swift errors, which no other file does.
enum Failure {
  /// Runs a call that may fill in a failure; the failure's texts are copied and freed.
  static func of(_ call: (UnsafeMutablePointer<cpython_failure>) -> cpython_fault) -> Content? {
    var failure = unsafe cpython_failure()
    let fault = unsafe call(&failure)
    guard fault != .none else { return nil }
    defer { unsafe cpython_failure_clear(&failure) }
    let texts = unsafe [failure.first, failure.second, failure.third].map { text in
      unsafe text.map { unsafe String(cString: $0) } ?? ""
    }
    return unsafe Content(fault: fault, texts: texts, value: failure.value, index: Int(failure.index))
  }

  /// The texts and numbers of a failure; failure.h defines their meaning.
  struct Content {
    var fault: cpython_fault
    var texts: [String]
    var value: Double
    var index: Int
  }
}

extension Failure.Content {
  /// The failure as a violation of an environment's contract.
  var environmentFault: EnvironmentError.Fault {
    switch fault {
    case .raised: .raised(type: texts[0], message: texts[1], traceback: texts[2])
    case .mismatch: .mismatch(what: texts[0], expected: texts[1], found: texts[2])
    case .not_finite: .notFinite(what: texts[0], value: value, index: index)
    case .outside: .outsideSpace(what: texts[0], value: value, allowed: texts[1])
    case .refused: .raised(type: texts[0], message: texts[1], traceback: "")
    case .none, .no_memory, .start: .resource("there is no memory left for the environment")
    }
  }

  /// The failure as the reason why an environment, or Python, cannot be opened.
  var pythonError: PythonError {
    switch fault {
    case .raised:
      PythonError(.raised, "Python raised \(texts[0]): \(texts[1])", traceback: texts[2])
    case .refused: PythonError(refusalKind, texts[1])
    case .start: PythonError(.start, "Python cannot start: \(texts[0])")
    case .mismatch: PythonError(.badClass, "the \(texts[0]) should be \(texts[1]) but is \(texts[2])")
    case .none, .no_memory, .not_finite, .outside: PythonError(.start, "there is no memory left for Python")
    }
  }

  /// The kind that the name of a refusal of host.py stands for.
  private var refusalKind: PythonError.Kind {
    switch texts[0] {
    case "unknown environment": .unknownEnvironment
    case "missing package": .missingPackage
    case "unsupported": .unsupported
    case "interrupted": .interrupted
    default: .badClass
    }
  }
}
