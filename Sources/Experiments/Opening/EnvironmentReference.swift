public import AscentEnvironments
internal import AscentRegistries

/// The environment that ENV on the command line names.
public enum EnvironmentReference: Sendable, Equatable {
  /// An environment of the catalog, such as `native:cartpole`.
  case native(NativeEnvironment)
  /// A Python environment: a Gymnasium id, `module:Id` or `file.py:Class`.
  case hosted(String)

  /// The beginning of the names of native environments.
  static let prefix = "native:"

  /// Reads ENV.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for a native environment that is not in the catalog.
  public init(_ text: String, _ catalog: Catalog) throws(ExperimentError) {
    let prefix = Self.prefix
    guard text.hasPrefix(prefix) else {
      self = .hosted(text)
      return
    }
    let name = String(text.dropFirst(prefix.count))
    do {
      self = .native(try catalog.environments.entry(named: name))
    } catch {
      let nearest = NearestName.of(name, among: catalog.environments.names)
      throw .usage(
        "there is no native environment '\(name)'; the nearest is '\(prefix)\(nearest)' (see ascent environments)"
      )
    }
  }
}
