/// The folder in which the files of a run, named by relative paths, are found, wherever a command is started.
///
/// It is the folder in which the run was made or the current one, whichever has the files whose SHA-256 run.toml records;
/// else a folder above the run's own, as in a project that was moved or copied as a whole. If no file is the recorded one,
/// it is the first of the former two that has the files: they were changed, which the user is told.
package struct RunPlace {
  /// The folder; nil for the current one.
  let folder: String?

  /// The number of folders above a run in which its files are looked for.
  private static let height = 8

  /// Finds the files of a run.
  ///
  /// - Parameters:
  ///   - run: the run.
  ///   - configuration: its settings.
  ///   - text: its run.toml.
  init(of run: RunFolder, _ configuration: Configuration, _ text: String) {
    let files = RunRecord.files(of: configuration).filter { !$0.path.hasPrefix("/") }
    let needsPolicy = configuration.beginFrom.first.map { $0 != "/" } ?? false
    let current = RunFolder.currentFolder
    let made = RunOrigin(of: run)?.folder ?? current
    guard !files.isEmpty || needsPolicy else {
      folder = nil
      return
    }
    let records = (try? Configuration.records(in: text, file: run.runFile)) ?? []
    let sums = Dictionary(records.map { ($0.key, $0.value) }) { first, _ in first }
    let isWhole = { (folder: String) in
      !files.isEmpty
        && files.allSatisfy { file in
          sums["made_with." + file.key].map { $0 == RunRecord.sum(of: folder + "/" + file.path) } ?? false
        }
    }
    let hasFiles = { (folder: String) in
      files.allSatisfy { FilePlace.status(folder + "/" + $0.path) != nil }
        && (!files.isEmpty || FilePlace.status(folder + "/" + configuration.beginFrom) != nil)
    }
    let found =
      [made, current].first(where: isWhole) ?? Self.above(run).first(where: isWhole)
      ?? [made, current].first(where: hasFiles)
    folder = (found ?? made) == current ? nil : found ?? made
  }

  /// The folders above a run, the innermost first.
  private static func above(_ run: RunFolder) -> [String] {
    var parts = FilePlace.resolved(run.absolutePath).split(separator: "/").dropLast()
    var folders: [String] = []
    while !parts.isEmpty, folders.count < height {
      folders.append("/" + parts.joined(separator: "/"))
      parts = parts.dropLast()
    }
    return folders
  }
}

extension Configuration {
  /// A path, or a reference such as `file.py:Class`, as it is found from the current folder.
  package func located(_ reference: String) -> String {
    guard let folder, !reference.hasPrefix("/") else { return reference }
    let name = reference.lastIndex(of: ":").map { String(reference[..<$0]) } ?? reference
    return name.hasSuffix(".py") || reference == beginFrom ? "\(folder)/\(reference)" : reference
  }

  /// Checks that the files of a run's environment are there.
  ///
  /// - Throws: ``ExperimentError/usage(_:)``, which says where they were looked for.
  func checkFiles() throws(ExperimentError) {
    for file in RunRecord.files(of: self) where FilePlace.status(located(file.path)) == nil {
      guard let folder, !file.path.hasPrefix("/") else {
        throw .usage(
          "there is no file \(file.path), which the run names; copy it there, or where the command has --set, name another "
            + "with --set environment.id=FILE.py:Class")
      }
      throw .usage(
        "the run's file \(file.path) is neither in this folder nor in \(folder), where the run was made; start the command "
          + "in the folder that has it")
    }
  }

  /// True if two references to an environment, of this configuration and of another, are the same, whatever folder their
  /// paths are relative to.
  public func hasEnvironment(_ reference: String) -> Bool {
    if environment == reference { return true }
    let parts = [located(environment), reference].map { text in
      text.lastIndex(of: ":").map { (FilePlace.resolved(String(text[..<$0])), text[$0...]) } ?? (text, "")
    }
    return parts[0] == parts[1]
  }
}

extension Configuration {
  /// The settings that a run keeps when it is resumed and that are others here: all but its budget and its checkpoints.
  public func differences(from run: Configuration) -> [(key: String, then: String, now: String)] {
    Configuration.settings.compactMap { setting in
      guard setting.key != "run.steps", !setting.isOfStorage else { return nil }
      if setting.key == "environment.id", run.hasEnvironment(environment) { return nil }
      let (then, now) = (setting.value(in: run), setting.value(in: self))
      return then == now ? nil : (setting.key, then.typed, now.typed)
    }
  }

  /// These settings with the files of a run, as the run names them.
  public func placed(as run: Configuration) -> Configuration {
    var settings = self
    (settings.environment, settings.folder) = (run.environment, run.folder)
    return settings
  }
}
