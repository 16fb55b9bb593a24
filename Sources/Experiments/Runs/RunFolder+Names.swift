internal import AscentPolicyGradients

// The names of checkpoints, and of folders that the user did not name.
extension RunFolder {
  /// The names of the files that a run writes into its folder, without the lock.
  static let fileNames = [
    "run.toml", "origin.toml", "metrics.csv", "metrics-saved.csv", "fault.json", "policy.json",
    PolicyDescription.weightsName, "beginning.safetensors", "evaluations.csv",
  ]

  /// The rows of the evaluations while the run is made.
  var evaluationsFile: String { absolutePath + "/evaluations.csv" }

  // MARK: The best policy

  private static let bestName = "best"

  /// The folder of the best of the policies that were evaluated while the run was made.
  var best: RunFolder { RunFolder(path + "/" + Self.bestName) }

  /// The run whose settings count: that of this folder, or for `RUN/best` the one above.
  package var run: RunFolder {
    guard path.contains(Self.bestName) || absolutePath.hasSuffix("/" + Self.bestName) else { return self }
    let place = FilePlace.resolved(absolutePath)
    guard FilePlace.name(of: place) == Self.bestName, FilePlace.status(place + "/run.toml") == nil,
      FilePlace.status(place + "/policy.json") != nil,
      case let above = FilePlace.folder(of: place), FilePlace.status(above + "/run.toml") != nil
    else { return self }
    return RunFolder(above)
  }

  /// True for the folder of the best policy of a run.
  package var isBest: Bool { run.absolutePath != absolutePath }

  /// The end of a sentence about a folder that is no run, but the best policy of one.
  static let bestAdvice = "name the folder of the run itself"

  /// Checks that a file to write is none that a run has in its folder.
  ///
  /// - Throws: ``ExperimentError/usage(_:)``.
  package static func checkFree(_ file: String) throws(ExperimentError) {
    let resolved = FilePlace.resolved(FilePlace.folder(of: file)) + "/" + FilePlace.name(of: file)
    for path in [resolved, FilePlace.resolved(file)] {
      let folder = FilePlace.folder(of: path)
      let isOwn =
        RunFolder(folder).containsRun
        && ((fileNames + ["lock", "checkpoints"]).contains(FilePlace.name(of: path))
          || isEventFile(FilePlace.name(of: path)))
      let isCheckpoint = FilePlace.name(of: folder) == "checkpoints" && RunFolder(folder + "/..").containsRun
      guard !isOwn, !isCheckpoint else {
        throw .usage(
          "\(file) is a file of the run in that folder, and would be replaced; choose another --out")
      }
    }
  }

  func checkpointFile(steps: Int) -> String {
    let digits = String(steps)
    return checkpointFolder + "/step-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
      + ".safetensors"
  }

  /// The number of newest checkpoints that are not deleted.
  static let keptCheckpoints = 3

  /// The checkpoints, newest first.
  var checkpoints: [String] {
    Self.entries(of: checkpointFolder).filter(Self.isCheckpoint).sorted(by: >).map {
      checkpointFolder + "/" + $0
    }
  }

  /// The newest checkpoint that is a file.
  var newestCheckpoint: String? { checkpoints.first { !FilePlace.isFolder($0) } }

  /// True if the run has a checkpoint.
  public var hasCheckpoint: Bool { !checkpoints.isEmpty }

  static func isCheckpoint(_ name: String) -> Bool {
    name.hasPrefix("step-") && name.hasSuffix(".safetensors")
  }

  /// The names for the folder of a run without `--out`, in the order in which they are tried.
  static func names(for configuration: Configuration) -> some Sequence<RunFolder> {
    let plain = configuration.environment.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" }
    let name = "runs/\(String(plain))-\(configuration.algorithm.name)-\(configuration.seed)"
    return (1...).lazy.map { RunFolder($0 == 1 ? name : "\(name)-\($0)") }
  }
}

extension FilePlace {
  /// The folder of a path.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  package static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}

extension RunFolder {
  /// The identity of the folder, which a copy does not have.
  var place: String { FilePlace.identity(ofFolder: run.absolutePath) }
}
