internal import CPython

/// The environment that Python opens, with its options.
public struct PythonOpening: Sendable {
  /// A Gymnasium id, `module:Id`, or `file.py:Class`.
  ///
  /// The code of a named file is run.
  public var reference: String
  /// Modules that are imported first, `module`, or functions that are called, `module:function`, to register environments.
  public var register: [String]
  /// Classes of emissions, `file.py:Class`, in the order in which they are applied; each is made with the observation
  /// space and called with each observation.
  public var emissions: [String]
  /// True to request the mask of allowed choices from the environment's method `action_masks()`, or else from
  /// `info["action_mask"]`.
  public var masksActions: Bool

  /// Makes an opening.
  public init(
    _ reference: String, register: [String] = [], emissions: [String] = [], masksActions: Bool = false
  ) {
    self.reference = reference
    self.register = register
    self.emissions = emissions
    self.masksActions = masksActions
  }
}

extension PythonOpening {
  /// Calls `body` with the shim's description of the opening, which is valid only during the call.
  func withC<R>(_ body: (UnsafePointer<cpython_opening>) -> R) -> R {
    unsafe reference.withCString { reference in
      unsafe CTexts.with(register) { functions, functionCount in
        unsafe CTexts.with(emissions) { classes, classCount in
          var opening = unsafe cpython_opening(
            reference: reference, registrations: functions, registration_count: functionCount,
            emissions: classes, emission_count: classCount)
          return unsafe body(&opening)
        }
      }
    }
  }
}

/// The conversion of Swift strings to C strings that are valid during a call.
private enum CTexts {
  static func with<R>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>>?, Int) -> R
  ) -> R {
    let bytes = texts.map { Array($0.utf8CString) }
    return unsafe nested(bytes[...], []) { pointers in
      unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
    }
  }

  private static func nested<R>(
    _ rest: ArraySlice<[CChar]>, _ pointers: [UnsafePointer<CChar>],
    _ body: ([UnsafePointer<CChar>]) -> R
  ) -> R {
    guard let first = rest.first else { return unsafe body(pointers) }
    return unsafe first.withUnsafeBufferPointer { text in
      guard let start = text.baseAddress else { return unsafe nested(rest.dropFirst(), pointers, body) }
      return unsafe nested(rest.dropFirst(), pointers + [start], body)
    }
  }
}
