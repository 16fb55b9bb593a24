package import AscentEnvironments
internal import CAscentPython

/// The environment that Python opens, with its options.
public struct PythonOpening: Sendable {
  /// A Gymnasium id, `module:Id`, or `file.py:Name`, a class or a function that returns an environment.
  ///
  /// The code of a named file is run.
  public var reference: String
  /// The keyword arguments of the environment's constructor.
  public var arguments: [PythonValue.Entry]
  /// The wrappers around the environment, the innermost first.
  public var wrappers: [Wrapper]
  /// Modules that are imported first, `module`, or functions that are called, `module:function`, to register environments.
  public var register: [String]
  /// Classes of emissions, `file.py:Class`, in the order in which they are applied; each is made with the observation
  /// space and called with each observation.
  public var emissions: [String]
  /// True to request the mask of allowed choices from the environment's method `action_masks()`, or else from
  /// `info["action_mask"]`.
  public var masksActions: Bool
  /// The way in which the environment draws itself, and the lane as which films find it; nil for no pictures.
  package var rendering: (mode: Rendering, lane: Int)?

  /// A wrapper around an environment.
  public struct Wrapper: Sendable {
    /// `module:Name` or `file.py:Name`: a class or function that is called with the environment and the arguments.
    public var reference: String
    /// The keyword arguments.
    public var arguments: [PythonValue.Entry]

    /// Makes a wrapper.
    public init(_ reference: String, arguments: [PythonValue.Entry] = []) {
      (self.reference, self.arguments) = (reference, arguments)
    }
  }

  /// Makes an opening.
  public init(
    _ reference: String, arguments: [PythonValue.Entry] = [], wrappers: [Wrapper] = [],
    register: [String] = [], emissions: [String] = [], masksActions: Bool = false
  ) {
    (self.reference, self.arguments, self.wrappers) = (reference, arguments, wrappers)
    (self.register, self.emissions, self.masksActions) = (register, emissions, masksActions)
  }
}

extension PythonOpening {
  /// The options for `Options` of construction.py, as JSON.
  private var options: PythonValue {
    [
      "arguments": .dictionary(arguments),
      "wrappers": .list(wrappers.map { [.text($0.reference), .dictionary($0.arguments)] }),
      "register": .list(register.map { .text($0) }),
      "emissions": .list(emissions.map { .text($0) }),
      "rendering": .list(rendering.map { [.text($0.mode.rawValue), .integer(Int64($0.lane))] } ?? []),
    ]
  }

  /// Calls `body` with the shim's description of the opening, which is valid only during the call.
  func withC<R>(_ body: (UnsafePointer<cpython_opening>) -> R) -> R {
    unsafe reference.withCString { reference in
      unsafe options.json.withCString { options in
        var opening = unsafe cpython_opening(reference: reference, options: options)
        return unsafe body(&opening)
      }
    }
  }
}
