public import AscentPolicyGradients
internal import AscentRegistries

/// Tuned settings by algorithm and environment; `Presets/` has one file for each algorithm.
public enum Presets {
  /// The value of `--preset` for no preset.
  public static let none = "none"

  private static let files: [String: [UInt8]] = [
    "ppo": PackageResources.ppo_toml, "trpo": PackageResources.trpo_toml, "a2c": PackageResources.a2c_toml,
    "reinforce": PackageResources.reinforce_toml,
  ]

  /// The environments for which an algorithm has presets, sorted.
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
  /// Applies the configured algorithm's preset for an environment.
  ///
  /// - Parameter name: the id of an environment; nil for the configuration's own, which may have no preset.
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
    // A preset says all that it normalizes.
    (algorithm.standardization, algorithm.rewards.normalizesReturns) = (.none, false)
    try apply(text, table: wanted, file: "the presets of \(algorithm.name)")
    preset = wanted
  }
}
