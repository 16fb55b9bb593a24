internal import AscentRegistries

/// A wrapper around a hosted environment: a Python class or function, and its keyword arguments.
public struct WrapperReference: Sendable, Equatable {
  /// `module:Class` or `file.py:Class`, which is called with the environment and the arguments.
  public var reference: String
  /// The keyword arguments.
  public var arguments = NamedValues()

  /// Makes a wrapper without arguments.
  public init(_ reference: String) { self.reference = reference }

  /// Reads a specification, such as `gymnasium.wrappers:ResizeObservation {shape = [84, 84]}`; nil if it is not one.
  init?(typed text: String) {
    let brace = text.firstIndex(of: "{") ?? text.endIndex
    reference = text[..<brace].split(separator: " ").joined(separator: " ")
    guard reference.contains(":"), !reference.hasPrefix(":"), !reference.hasSuffix(":") else { return nil }
    guard brace < text.endIndex else { return }
    guard case .table(let table) = try? TOMLReader.value(of: String(text[brace...])) else { return nil }
    arguments = table
  }

  /// The specification as a user types it.
  public var typed: String { arguments.isEmpty ? reference : "\(reference) \(arguments.toml)" }

  /// Rejoins specifications that were split at every comma, also inside of braces.
  static func joined(_ parts: [String]) -> [String] {
    var whole: [String] = []
    var open = 0
    for part in parts {
      if open > 0 {
        whole[whole.count - 1] += "," + part
      } else {
        whole.append(part)
        open = 0
      }
      for byte in part.utf8 {
        if byte == UInt8(ascii: "{") { open += 1 } else if byte == UInt8(ascii: "}") { open -= 1 }
      }
    }
    return whole
  }
}

extension Configuration {
  /// Adds the constructor's arguments of a group of wrappers, unless they are set; returns the wrappers.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for an unknown name.
  public mutating func addWrappers(named name: String) throws(ExperimentError) -> [WrapperReference] {
    guard let preset = WrapperPreset(rawValue: name) else {
      let known = WrapperPreset.allCases.map { "\($0.rawValue) (\($0.help))" }.joined(separator: ", ")
      throw .usage("--preset-wrappers takes one of \(known), not '\(name)'")
    }
    for argument in preset.arguments where constructorArguments[argument.name] == nil {
      setArgument([argument.name], argument.value)
    }
    return preset.wrappers.compactMap { WrapperReference(typed: $0) }
  }
}

/// Named groups of wrappers and constructor arguments, for `--preset-wrappers`.
enum WrapperPreset: String, NamedChoice {
  /// Gymnasium's `AtariPreprocessing`, a stack of four frames, and rewards of −1, 0 and 1.
  case atari

  var help: String {
    switch self {
    case .atari:
      "AtariPreprocessing (no-ops at the beginning, every fourth frame, 84 × 84 gray pixels), a stack of 4 frames, "
        + "rewards from -1 to 1"
    }
  }

  /// The constructor arguments that the wrappers need.
  var arguments: [NamedValues.Entry] {
    switch self {
    // AtariPreprocessing skips the frames itself.
    case .atari: [NamedValues.Entry(name: "frameskip", value: .integer(1))]
    }
  }

  /// The wrappers, the innermost first.
  var wrappers: [String] {
    switch self {
    case .atari:
      [
        "gymnasium.wrappers:AtariPreprocessing", "gymnasium.wrappers:FrameStackObservation {stack_size = 4}",
        "gymnasium.wrappers:ClipReward {min_reward = -1, max_reward = 1}",
      ]
    }
  }
}
