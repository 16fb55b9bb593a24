// Several files that belong together.
extension AtomicFile {
  /// Writes files whose folders are made if they are missing: all of them, or none and no folder.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  package static func write(_ files: [(path: String, bytes: [UInt8])]) throws(ExperimentError) {
    var made: [String] = []
    do throws(ExperimentError) {
      for file in files { made += try RunFolder(FilePlace.folder(of: file.path)).make() }
      try writeTogether(files[...])
    } catch {
      RunFolder.remove(made)
      throw error
    }
  }

  /// No file gets its name before all have their bytes.
  private static func writeTogether(
    _ files: ArraySlice<(path: String, bytes: [UInt8])>
  ) throws(ExperimentError) {
    guard let (path, bytes) = files.first else { return }
    var writer = try Writer(path)
    try writer.write(bytes)
    try writeTogether(files.dropFirst())
    try writer.commit()
  }
}
