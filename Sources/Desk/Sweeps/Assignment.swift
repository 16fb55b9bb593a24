package import AscentExperiments

/// A setting and its value, as `--set` takes them.
package struct Assignment: Equatable, Sendable {
  /// The key of run.toml.
  package let key: String
  /// The value.
  package let value: SettingValue

  /// Makes an assignment.
  package init(_ key: String, _ value: SettingValue) { (self.key, self.value) = (key, value) }

  /// The value as `--set` reads it.
  package var typed: String {
    // Constructors take TOML, where a text in quotes stays a text.
    key.hasPrefix("environment.arguments.") ? value.toml : value.typed
  }

  /// The key's last name and the value, for tables: `rate=0.001`.
  package var short: String { "\(key.split(separator: ".").last ?? "")=\(value.typed)" }

  /// The arguments of the command line.
  package var arguments: [String] { ["--set", "\(key)=\(typed)"] }
}
