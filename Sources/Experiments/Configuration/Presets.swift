public import PolicyGradients
internal import Registries

/// Settings that are known to work, by algorithm and environment; one file in `Presets/` for each algorithm.
public enum Presets {
  /// The name that stands for no preset.
  public static let none = "none"

  private static let files: [String: [UInt8]] = [
    "ppo": PackageResources.ppo_toml, "trpo": PackageResources.trpo_toml, "a2c": PackageResources.a2c_toml,
    "reinforce": PackageResources.reinforce_toml,
  ]

  /// The environments that an algorithm has presets for, sorted.
  public static func environments(of algorithm: AlgorithmSettings) -> [String] {
    guard let text = text(of: algorithm) else { return [] }
    return text.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("[\"") else { return nil }
      return line.dropFirst(2).split(separator: "\"").first.map(String.init)
    }.sorted()
  }

  static func text(of algorithm: AlgorithmSettings) -> String? {
    files[algorithm.name].map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Configuration {
  /// Writes the preset of an environment over the configuration, if its algorithm has one.
  ///
  /// - Parameter name: an environment's id; nil for the configuration's own, for which there need not be one.
  /// - Throws: ``ExperimentError/usage(_:)`` for a name that has no preset.
  public mutating func apply(preset name: String?) throws(ExperimentError) {
    let known = Presets.environments(of: algorithm)
    let wanted = name ?? environment
    guard known.contains(wanted), let text = Presets.text(of: algorithm) else {
      guard name == nil else {
        let nearest =
          known.isEmpty
          ? " (ppo, trpo, a2c and reinforce have presets)"
          : "; the nearest is '\(NearestName.of(wanted, among: known))'"
        throw .usage("\(algorithm.name) has no preset '\(wanted)'\(nearest)")
      }
      return
    }
    try apply(text, table: wanted, file: "the presets of \(algorithm.name)")
    preset = wanted
  }
}
