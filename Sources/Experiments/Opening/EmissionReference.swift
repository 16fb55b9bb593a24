public import Environments

/// What `--emission` may name: a kind that Ascent brings, or a class in a file.
public enum EmissionReference: Sendable, Equatable {
  /// `gaussian=0.1` and its like.
  case kind(Emission)
  /// `path.py:Class`: called with each observation of an environment that is hosted in Python.
  case hosted(String)

  /// Reads one specification.
  ///
  /// - Throws: ``EmissionError`` for a kind that does not exist, and for a value that it does not take.
  public init(typed text: String) throws(EmissionError) {
    self = Self.isHosted(text) ? .hosted(text) : .kind(try Emission(typed: text))
  }

  /// The specification, as it is typed.
  public var typed: String {
    switch self {
    case .kind(let emission): emission.typed
    case .hosted(let reference): reference
    }
  }

  /// Puts together what lay between commas: `hide=1,3,flicker=0.5` are two specifications.
  static func joined(_ parts: [String]) -> [String] {
    var whole: [String] = []
    for part in parts {
      let name = String(part.prefix { $0 != "=" })
      if whole.isEmpty || Emission.names.contains(name) || isHosted(part) {
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
  /// The kinds that Ascent brings, in their order.
  var kinds: [Emission] {
    compactMap { reference in
      guard case .kind(let emission) = reference else { return nil }
      return emission
    }
  }

  /// The classes of files, in their order.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when one of them stands behind a kind: it would have to see through it.
  func hosted() throws(ExperimentError) -> [String] {
    var classes: [String] = []
    for (place, reference) in enumerated() {
      guard case .hosted(let name) = reference else { continue }
      guard classes.count == place else {
        throw .usage(
          "the emission \(name) must come before \(self[place - 1].typed): it is called in Python, with what the "
            + "environment itself shows")
      }
      classes.append(name)
    }
    return classes
  }
}
