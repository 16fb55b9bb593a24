internal import CPython

/// Which environment Python opens, and how.
public struct PythonOpening: Sendable {
  /// A Gymnasium id, `module:Id`, or `file.py:Class`.
  ///
  /// To name a file runs its code.
  public var reference: String
  /// Functions to call first, `module:function`.
  public var register: [String]
  /// Classes between the environment and its observer, `file.py:Class`, the first one first: made with the observation
  /// space, called with each observation.
  public var emissions: [String]
  /// Whether the environment is asked which choices are allowed: by its method `action_masks()`, or by
  /// `info["action_mask"]`.
  public var masksActions: Bool

  /// Describes an opening.
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
  /// The shim's description of the opening, for the time of a call.
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

/// Swift strings as C strings, for the time of a call.
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
