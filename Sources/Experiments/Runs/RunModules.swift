// The modules of a user's own that a run's environment imported, which run.toml records with the SHA-256 of their files.
extension RunFolder {
  /// The beginning of the keys of the modules' records.
  private static let modulePrefix = "made_with." + Influence.modulePrefix

  /// The modules that an environment has imported now and whose files are not those with which the run was made.
  func changedModules(_ runtime: (any HostedRuntime)?) -> [String] {
    guard let runtime else { return [] }
    let then = Dictionary(records.map { ($0.key, $0.value) }) { first, _ in first }
    return Influence.records(runtime).compactMap { key, sum in
      guard key.hasPrefix(Influence.modulePrefix), let recorded = then["made_with." + key], recorded != sum
      else {
        return nil
      }
      return String(key.dropFirst(Influence.modulePrefix.count))
    }
  }

  /// The error of an environment that cannot be opened; of a missing module that was the user's own, no package of that
  /// name is what the run needs.
  func explained(_ error: ExperimentError) -> ExperimentError {
    guard case .hosted(let hosted) = error,
      let match = hosted.message.firstMatch(of: /needs the Python package '([^']+)'/)
    else { return error }
    let name = String(match.1)
    let isOwn = records.contains {
      $0.key == Self.modulePrefix + name || $0.key.hasPrefix(Self.modulePrefix + name + "_")
    }
    guard isOwn else { return error }
    return .usage(
      "the run in \(path) was made with a module '\(name)' of its own, which Python does not find: put \(name).py back beside "
        + "the file that imports it, or name its folder in PYTHONPATH")
  }
}
