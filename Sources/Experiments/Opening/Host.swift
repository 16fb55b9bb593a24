/// The context in which experiments are opened: the catalog of names, and what opens hosted environments.
public struct Host: Sendable {
  /// The entries that names in a configuration refer to.
  public var catalog: Catalog
  /// The way to the environments of another language; nil if a configuration can only name native ones.
  package var hosting: (any EnvironmentHosting)?

  /// Makes a host for native environments and a program's own.
  public init(catalog: Catalog = .standard) { self.catalog = catalog }

  /// Makes a host that also opens environments of another language.
  package init(catalog: Catalog, hosting: any EnvironmentHosting) {
    (self.catalog, self.hosting) = (catalog, hosting)
  }

  /// Returns what opens the hosted environment of a configuration.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` if this program opens native environments only.
  func hosting(of name: String) throws(ExperimentError) -> any EnvironmentHosting {
    guard let hosting else {
      throw .usage(
        "\(name) is a Python environment, and this program is built without Python: use the product Ascent instead of AscentCore, "
          + "and Host(PythonHosting(…)); native environments are native:NAME")
    }
    return hosting
  }

  /// Checks, before other processes run its code, that the user knows what a hosted environment would run.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when it would run code without the user's permission,
  ///   ``ExperimentError/hosted(_:)`` when there is nothing to run it.
  public func checkTrust(in configuration: Configuration) throws(ExperimentError) {
    guard case .hosted(let name) = try EnvironmentReference(configuration.environment, catalog) else {
      return
    }
    try hosting(of: name).checkTrust(catalog)
  }
}
