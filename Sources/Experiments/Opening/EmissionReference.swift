public import AscentEnvironments
public import AscentRegistries

/// A value of `--emission`: an entry of the registry, or a Python class in a file.
public enum EmissionReference: Sendable, Equatable {
  /// An emission of the registry, such as `gaussian=0.1`.
  case native(Emission)
  /// `path.py:Class`: called in Python with each observation of a hosted environment.
  case hosted(String)

  /// Reads one specification.
  ///
  /// - Throws: ``EmissionError`` for an unknown name, or a value that the emission does not accept.
  public init(typed text: String, _ registry: Registry<EmissionEntry>) throws(EmissionError) {
    self = Self.isHosted(text) ? .hosted(text) : .native(try Emission(typed: text, in: registry))
  }

  /// The specification as the user types it.
  public var typed: String {
    switch self {
    case .native(let emission): emission.typed
    case .hosted(let reference): reference
    }
  }

  /// Rejoins specifications that were split at every comma: `hide=1,3,flicker=0.5` has two of them.
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
  /// The emissions of the registry, in order.
  var native: [Emission] {
    compactMap { reference in
      guard case .native(let emission) = reference else { return nil }
      return emission
    }
  }

  /// The Python classes, in order.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when one of them comes after a native emission, whose output Python
  ///   does not receive.
  package func hosted() throws(ExperimentError) -> [String] {
    var classes: [String] = []
    for (index, reference) in enumerated() {
      guard case .hosted(let name) = reference else { continue }
      guard classes.count == index else {
        throw .usage(
          "the emission \(name) must come before \(self[index - 1].typed): it is called in Python, on the "
            + "environment's own observations")
      }
      classes.append(name)
    }
    return classes
  }
}
