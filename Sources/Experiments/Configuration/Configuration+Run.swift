extension Configuration {
  /// Reads the configuration of a run from its folder.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when there is no run, ``ExperimentError/damaged(file:reason:)``
  ///   when its run.toml is not valid.
  public static func ofRun(
    _ folder: RunFolder, _ catalog: Catalog = .standard
  ) throws(ExperimentError) -> Configuration {
    guard folder.containsRun else { throw .usage("\(folder.path) is not a run folder: it has no run.toml") }
    let text = String(
      decoding: try AtomicFile.read(folder.runFile, limit: AtomicFile.largestText), as: UTF8.self)
    do {
      var configuration = try reading(
        text, file: folder.runFile, over: Configuration(environment: "", catalog: catalog))
      configuration.folder = RunPlace(of: folder, configuration, text).folder
      return configuration
    } catch {
      throw .damaged(file: folder.runFile, reason: "\(error)")
    }
  }
}
