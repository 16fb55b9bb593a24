public import AscentPolicyGradients
internal import AscentRegistries

/// Tuned settings by algorithm and question; `Presets/` has one file for each algorithm.
///
/// A question is an environment, what is seen of it, and whether the policy remembers: the name of a table is ENV,
/// `ENV EMISSION`, `ENV memory` or `ENV EMISSION memory`, where EMISSION is as for `--emission` and memory is a recurrent one.
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

  /// The smallest number of steps that a lane of a recurrent policy makes in an iteration.
  static let leastMemoryRollout = 128

  static func text(of algorithm: AlgorithmSettings) -> String? {
    files[algorithm.name].map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Configuration {
  /// Applies the configured algorithm's preset for an environment, with the configuration's emissions and memory.
  ///
  /// Where no preset knows a recurrent memory, the environment's preset or the defaults get rollouts from which one learns,
  /// and normalization.
  ///
  /// - Parameter name: the id of an environment or the name of a preset; nil for the configuration's own environment, which
  ///   may have no preset; ``Presets/none`` for the defaults.
  /// - Throws: ``ExperimentError/usage(_:)`` for a name that has no preset.
  public mutating func apply(preset name: String?) throws(ExperimentError) {
    guard name != Presets.none else {
      preset = ""
      return makeRoomForMemory()
    }
    let known = Presets.environments(of: algorithm)
    let asked = name ?? environment
    let emission = emissions.map(\.typed).joined(separator: ",")
    let seen = emission.isEmpty ? [asked] : [asked + " " + emission, asked]
    let wanted =
      seen.flatMap { remembers ? [$0 + " memory", $0] : [$0] }.first(where: known.contains) ?? asked
    guard known.contains(wanted), let text = Presets.text(of: algorithm) else {
      guard name == nil else {
        let nearest =
          known.isEmpty
          ? " (ppo, trpo, a2c and reinforce have presets)"
          : "; the nearest is '\(NearestName.of(wanted, among: known))'"
        throw .usage("\(algorithm.name) has no preset '\(wanted)'\(nearest)")
      }
      return makeRoomForMemory()
    }
    // A preset says all that it normalizes.
    (algorithm.standardization, algorithm.rewards.normalizesReturns) = (.none, false)
    let keys = try apply(text, table: wanted, file: "the presets of \(algorithm.name)")
    preset = wanted
    // A preset of a partially observed question, or with a size of the memory, is made for one.
    if !wanted.contains(" "), !keys.contains("policy.memory_size") { makeRoomForMemory() }
  }

  /// Lengthens rollouts to what a recurrent memory needs at least, and normalizes what it sees and learns from: its cells
  /// saturate otherwise.
  private mutating func makeRoomForMemory() {
    guard remembers else { return }
    if algorithm.standardization == .none { algorithm.standardization = .boxes }
    if algorithm.usesAdvantages { algorithm.rewards.normalizesReturns = true }
    algorithm.stepsPerLane = max(algorithm.stepsPerLane, Presets.leastMemoryRollout)
  }
}
