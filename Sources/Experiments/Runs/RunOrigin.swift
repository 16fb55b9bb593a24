/// origin.toml: where and by how many processes a run was made, and what was noticed meanwhile.
///
/// Equal runs may differ in it, so it is no part of run.toml. A copy of the folder keeps it, which shows that it is one.
struct RunOrigin {
  /// The identity of the folder in which the run was made: device, inode and time of birth.
  ///
  /// Earlier versions wrote none of the time, which a giver could have written, too: their runs count as made elsewhere until
  /// they are resumed.
  var place = ""
  /// The folder that the relative paths of the run's files refer to; nil in files of earlier versions.
  var folder: String?
  /// The number of processes that made it.
  var processes = 1
  /// Notices about the environments of the run, each once.
  private(set) var notices: [String] = []

  /// The largest number of notices that are recorded.
  private static let mostRecorded = 20

  /// Makes the origin of a run that this process makes.
  init(processes: Int, folder: String? = nil) { (self.processes, self.folder) = (processes, folder) }

  /// Reads a folder's origin; nil if it has none that can be read.
  init?(of run: RunFolder) {
    guard let bytes = try? AtomicFile.read(run.originFile, limit: AtomicFile.largestText),
      let entries = try? TOMLReader.read(String(decoding: bytes, as: UTF8.self))
    else { return nil }
    for (path, value) in entries {
      switch (path, value) {
      case (["place"], .text(let text)): place = text
      case (["folder"], .text(let text)): folder = text.hasPrefix("/") ? text : nil
      case (["processes"], .integer(let count)): processes = Int(count)
      case (["noticed"], .texts(let texts)): notices = texts
      default: break
      }
    }
  }

  /// Takes over the origin of the part of the run that was made before; of the numbers of processes the largest counts.
  mutating func adopt(_ before: RunOrigin) {
    notices = before.notices
    processes = max(processes, before.processes)
  }

  /// Adds notices, and passes those that are new to `onNotice`.
  mutating func add(_ new: [String], _ onNotice: (String) -> Void) {
    for notice in new where !notices.contains(notice) {
      notices.append(notice)
      onNotice(notice)
    }
  }

  /// Writes the file into the folder, which is then the place.
  mutating func save(to folder: RunFolder) throws(ExperimentError) {
    place = folder.place
    let texts = SettingValue.texts(Array(notices.prefix(Self.mostRecorded)))
    let named = self.folder.map { "folder = \(SettingValue.text($0).toml)\n" } ?? ""
    try AtomicFile.replace(
      folder.originFile,
      with:
        "place = \(SettingValue.text(place).toml)\n\(named)processes = \(processes)\nnoticed = \(texts.toml)\n"
    )
  }
}

extension RunFolder {
  /// What was noticed while the run was made, as far as it is recorded.
  package var recordedNotices: [String] { RunOrigin(of: self)?.notices ?? [] }
}
