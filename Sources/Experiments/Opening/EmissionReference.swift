public import Environments
public import Registries

/// What `--emission` may name: an entry of the registry, or a class in a file.
public enum EmissionReference: Sendable, Equatable {
  /// `gaussian=0.1` and its like.
  case native(Emission)
  /// `path.py:Class`: called with each observation of an environment that is hosted in Python.
  case hosted(String)

  /// Reads one specification.
  ///
  /// - Throws: ``EmissionError`` for a name that the registry does not have, and for a value that it does not take.
  public init(typed text: String, _ registry: Registry<EmissionEntry>) throws(EmissionError) {
    self = Self.isHosted(text) ? .hosted(text) : .native(try Emission(typed: text, in: registry))
  }

  /// The specification, as it is typed.
  public var typed: String {
    switch self {
    case .native(let emission): emission.typed
    case .hosted(let reference): reference
    }
  }

  /// Joins what was split at commas: `hide=1,3,flicker=0.5` are two specifications.
  static func joined(_ parts: [String], _ registry: Registry<EmissionEntry>) -> [String] {
    var whole: [String] = []
    for part in parts {
      let name = String(part.prefix { $0 != "=" })
      if whole.isEmpty || registry.names.contains(name) || isHosted(part) {
        whole.append(part)
      } else {
        whole[whole.count - 1] += "," + part
      }
    }
    return whole
  }

  private static func isHosted(_ text: String) -> Bool { text.contains(".py:") }
}

extension [EmissionReference] {
  /// The emissions of the registry, in their order.
  var native: [Emission] {
    compactMap { reference in
      guard case .native(let emission) = reference else { return nil }
      return emission
    }
  }

  /// The classes of files, in their order.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when one of them comes after a native emission, which Python cannot see.
  func hosted() throws(ExperimentError) -> [String] {
    var classes: [String] = []
    for (index, reference) in enumerated() {
      guard case .hosted(let name) = reference else { continue }
      guard classes.count == index else {
        throw .usage(
          "the emission \(name) must come before \(self[index - 1].typed): it is called in Python, with what the "
            + "environment itself shows")
      }
      classes.append(name)
    }
    return classes
  }
}
