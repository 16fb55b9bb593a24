/// A call of a public function with arguments that do not fit, and how it must end.
struct Misuse {
  /// The functions that are called, as the symbol graph names them: `Policies.Memory.forget(_:)`.
  let functions: [String]
  /// What does not fit.
  let what: String
  let ending: Ending
  let call: () throws -> Void

  /// How a call must end.
  enum Ending {
    /// The program stops with a sentence that has these words.
    case stops(String)
    /// An error is thrown whose sentence has these words.
    case fails(String)
    /// The call returns: such arguments are allowed, and nothing outside of the arrays is touched.
    case returns
  }
}

/// The calls, in the order in which they were added.
struct Misuses {
  private(set) var all: [Misuse] = []
  /// The prefix of the next functions.
  var type = ""

  /// Adds a call of one function of ``type``.
  mutating func add(
    _ function: String, _ what: String, _ ending: Misuse.Ending, _ call: @escaping () throws -> Void
  ) {
    add([function], what, ending, call)
  }

  /// Adds a call of several functions: of ``type``, or of any module if the name begins with a module.
  mutating func add(
    _ functions: [String], _ what: String, _ ending: Misuse.Ending, _ call: @escaping () throws -> Void
  ) {
    let modules = ["Mathematics", "Registries", "Randomness", "Environments", "Policies", "PolicyGradients"]
    let names = functions.map { name in
      modules.contains { name.hasPrefix("\($0).") } ? name : "\(type).\(name)"
    }
    all.append(Misuse(functions: names, what: what, ending: ending, call: call))
  }
}

extension Array where Element: ExpressibleByIntegerLiteral {
  /// `count` numbers.
  static func of(_ count: Int, _ value: Element = 0) -> [Element] { Array(repeating: value, count: count) }
}
