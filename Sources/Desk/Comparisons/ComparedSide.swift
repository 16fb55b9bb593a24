package import AscentExperiments

/// One side of a comparison: runs that exist, by their seeds, and the settings with which more seeds are trained.
package struct ComparedSide: Sendable {
  /// The path that the user named.
  package let path: String
  /// The runs that exist.
  package private(set) var runs: [UInt64: RunFolder] = [:]
  /// The environment; empty if the file does not say it.
  package var environment = ""
  /// The file for `ascent train --config`.
  package let config: String
  /// A configuration of the side.
  package let configuration: Configuration

  /// Opens a run, a folder of runs, or a TOML file.
  ///
  /// - Parameters:
  ///   - path: the path.
  ///   - environment: the environment of a file that does not say its own.
  ///   - catalog: the names.
  /// - Throws: ``ExperimentError/usage(_:)`` if it is none of them, or its runs are not seeds of the same settings.
  package init(_ path: String, environment: String?, _ catalog: Catalog) throws(ExperimentError) {
    self.path = path
    guard !path.hasSuffix(".toml") else {
      let text = try TOMLText.read(path)
      let named = try TOMLText.entries(of: text, file: path).first { $0.path == ["environment", "id"] }?.value
        .typed
      let id = environment ?? named ?? ""
      guard !id.isEmpty else {
        throw .usage(
          "\(path) does not say its environment; name it with --environment, such as --environment CartPole-v1"
        )
      }
      let base = Configuration(environment: id, catalog: catalog)
      var read = try Configuration.reading(text, file: path, over: base)
      read.environment = id
      (self.environment, config, configuration) = (id, path, read)
      return
    }
    guard FilePlace.isFolder(FilePlace.resolved(path)) else {
      throw .usage(
        "\(path) is neither a run, nor a folder of runs (such as sweeps/first/ppo-1), nor a file that ends in .toml"
      )
    }
    let search = try RunSearch([path], catalog)
    if let notice = search.notices.first { throw .usage("\(path) cannot be compared: \(notice)") }
    let found = search.runs.map(\.folder)
    guard let first = found.first else { throw .usage("\(path) has no run") }
    let settings = try Configuration.ofRun(first, catalog)
    for run in found {
      let other = try Configuration.ofRun(run, catalog)
      guard run.recordedFingerprint != nil else {
        throw .usage("\(run.path) is not finished; continue it with ascent train --out \(run.path) --resume")
      }
      var differences = other.differences(from: settings).filter { one in
        Configuration.settings.contains { $0.key == one.key && RunGroup.distinguishes($0) }
      }
      if other.steps != settings.steps {
        differences.append(("run.steps", "\(settings.steps)", "\(other.steps)"))
      }
      if let one = differences.first {
        throw .usage(
          "\(path) has runs of different settings: \(one.key) is \(one.then) in \(first.path) and \(one.now) in \(run.path); name a folder "
            + "whose runs differ in their seeds alone")
      }
      guard runs.updateValue(run, forKey: other.seed) == nil else {
        throw .usage("\(path) has two runs of seed \(other.seed)")
      }
    }
    (self.environment, config, configuration) = (
      settings.located(settings.environment), first.runFile, settings
    )
  }

  /// The trial of a seed: the run that exists, or a training.
  ///
  /// - Parameters:
  ///   - seed: the seed.
  ///   - group: the name of the side, `A` or `B`.
  /// - Returns: the trial.
  func trial(_ seed: UInt64, group: String) -> Trial {
    if let run = runs[seed] { return Trial(group: group, seed: seed, existing: run) }
    return Trial(group: group, seed: seed, arguments: [environment, "--config", config])
  }
}
