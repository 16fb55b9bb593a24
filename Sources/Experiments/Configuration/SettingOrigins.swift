internal import AscentPolicyGradients

/// Where the values of settings came from, noted while they are put together.
struct SettingOrigins: Sendable {
  /// The origin of each setting that is not a default.
  private(set) var origins: [String: String]
  /// The origin of all others.
  let base: String
  /// The values, as they were after the last attribution.
  private var before: [String: String]
  /// The settings that were set since then.
  private var pending: Set<String> = []

  init(_ configuration: Configuration, base: String) {
    (before, self.base) = (Self.values(of: configuration), base)
    origins = base == Configuration.defaultOrigin ? ["environment.id": "ENV"] : [:]
  }

  private static func values(of configuration: Configuration) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: Configuration.settings.map { ($0.key, $0.value(in: configuration).toml) })
  }

  mutating func note(_ key: String) { pending.insert(key) }

  mutating func attribute(_ configuration: Configuration, to origin: String) {
    let now = Self.values(of: configuration)
    for (key, value) in now where pending.contains(key) || before[key] != value { origins[key] = origin }
    (before, pending) = (now, [])
  }
}

extension Configuration {
  /// The origin of values that nobody set.
  public static let defaultOrigin = "default"

  /// Begins to note where values come from.
  ///
  /// - Parameter base: the origin of all values so far.
  public mutating func noteOrigins(from base: String = defaultOrigin) {
    origins = SettingOrigins(self, base: base)
  }

  /// Says where all that was set or has changed since the last call came from; does nothing unless origins are noted.
  ///
  /// - Parameter origin: a few words, such as `preset CartPole-v1` or `--seed`.
  public mutating func attribute(to origin: String) {
    guard var noted = origins.take() else { return }
    noted.attribute(self, to: origin)
    origins = noted
  }

  /// The origin of the value of a setting.
  public func origin(of setting: Setting) -> String {
    origins?.origins[setting.key] ?? origins?.base ?? Self.defaultOrigin
  }

  /// Checks the settings as a run does, before anything is opened.
  ///
  /// - Throws: ``ExperimentError`` for settings that contradict each other.
  public func check() throws(ExperimentError) {
    try checkNames()
    do {
      _ = try algorithm.algorithm()
    } catch {
      throw .learner(error)
    }
  }
}
