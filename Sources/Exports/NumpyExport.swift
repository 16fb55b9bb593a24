internal import AscentExperiments
internal import AscentRegistries

/// A folder with policy.json, policy.safetensors and a reader in numpy.
enum NumpyExport {
  static func write(_ request: ExportRequest) throws(ExperimentError) -> [String] {
    let folder = try ExportFolder(request.out)
    let description = try PolicyDescription(of: request.run, request.plan)
    return [
      try folder.write(description.json.line + "\n", to: "policy.json"),
      try folder.write(
        try PolicyDescription.arrays(of: request.run).encoded, to: description.weights),
      try folder.write(PackageResources.numpy_policy_py, to: "policy.py"),
    ]
  }
}

extension ExportFormat {
  /// policy.json, policy.safetensors and a reader in numpy.
  public static let numpy = ExportFormat(
    "numpy", help: "a folder with policy.json, policy.safetensors and policy.py, a reader in numpy",
    write: NumpyExport.write)
}

/// The folder of a format of several files.
struct ExportFolder {
  let path: String

  /// Makes the folder.
  init(_ path: String) throws(ExperimentError) {
    self.path = path
    try AtomicFile.makeFolder(path)
  }

  /// Writes a file; returns its path.
  func write(_ bytes: [UInt8], to name: String) throws(ExperimentError) -> String {
    try AtomicFile.write(bytes, to: "\(path)/\(name)")
    return "\(path)/\(name)"
  }

  /// Writes a text; returns its path.
  func write(_ text: String, to name: String) throws(ExperimentError) -> String {
    try write(Array(text.utf8), to: name)
  }
}
