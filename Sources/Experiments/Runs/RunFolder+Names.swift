internal import AscentPolicyGradients

// The names of checkpoints, and of folders that the user did not name.
extension RunFolder {
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
