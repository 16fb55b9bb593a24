/// The notices of environments during a run, each once.
struct NoticeLog {
  private var texts: [String] = []

  /// The largest number of notices that run.toml records.
  private static let mostRecorded = 20

  /// Adds notices, and passes those that are new to `onNotice`.
  mutating func add(_ notices: [String], _ onNotice: (String) -> Void) {
    for notice in notices where !texts.contains(notice) {
      texts.append(notice)
      onNotice(notice)
    }
  }

  /// The first notices as entries of the table `noticed` of run.toml.
  var records: [(String, String)] {
    texts.prefix(Self.mostRecorded).enumerated().map { ("notice_\($0 + 1)", $1) }
  }
}
