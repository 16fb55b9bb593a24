package import AscentExperiments

/// Whether returns of several runs are of the same environment.
package enum RunAgreement {
  /// A notice about runs that were made with other files or versions than the first one; nil if all agree.
  ///
  /// - Parameter runs: the runs whose returns are put together.
  /// - Returns: the notice, which names one pair of runs and what differs.
  package static func notice(_ runs: [RunFolder]) -> String? {
    guard let first = runs.first else { return nil }
    for run in runs.dropFirst() {
      let keys = run.otherInfluences(than: first)
      guard !keys.isEmpty else { continue }
      let names = keys.prefix(4).joined(separator: ", ") + (keys.count > 4 ? ", …" : "")
      return
        "\(first.path) and \(run.path) were not made with the same \(names) (see their run.toml), so their returns may not be of "
        + "the same environment"
    }
    return nil
  }
}
