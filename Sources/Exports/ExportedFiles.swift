internal import AscentExperiments

/// The files of an export: all are written, or none.
struct ExportedFiles {
  private let files: [(path: String, bytes: [UInt8])]

  /// Takes files that the user named.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for a name that is none, and for a file of a run.
  init(_ files: [(path: String, bytes: [UInt8])]) throws(ExperimentError) {
    self.files = files
    for (path, _) in files {
      guard !path.isEmpty, path != "-" else {
        throw .usage("--out names a file, not '\(path)'; choose another --out, such as policy.onnx")
      }
      try RunFolder.checkFree(path)
    }
  }

  /// Takes the files of a folder.
  ///
  /// It may be new, or have files of other names; files of these names are replaced only if they are those of an earlier
  /// export: a policy, and a reader that says in its first line that Ascent wrote it.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for another folder.
  init(
    inFolder folder: String, _ files: [(name: String, bytes: [UInt8])]
  ) throws(ExperimentError) {
    guard !RunFolder(folder).containsRun else {
      throw .usage("\(folder) is the folder of a run, whose policy would be replaced; choose another --out")
    }
    try self.init(files.map { (path: "\(folder)/\($0.name)", bytes: $0.bytes) })
    guard !folder.isEmpty, folder != "-" else {
      throw .usage("--out names a folder for this format, not '\(folder)'; choose another --out")
    }
    if (try? PolicyDescription(of: RunFolder(folder))) != nil, hasReader(folder) { return }
    if let found = self.files.first(where: { FilePlace.status($0.path) != nil }) {
      throw .usage("\(found.path) is not of an earlier export, and would be replaced; choose another --out")
    }
  }

  private func hasReader(_ folder: String) -> Bool {
    guard let bytes = try? AtomicFile.read("\(folder)/policy.py", limit: AtomicFile.largestText) else {
      return false
    }
    return bytes.starts(with: Array("\"\"\"A policy of Ascent in ".utf8))
  }

  /// Writes the files, and returns their paths.
  func write() throws(ExperimentError) -> [String] {
    try AtomicFile.write(files)
    return files.map(\.path)
  }
}
