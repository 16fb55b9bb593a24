internal import AscentExperiments
internal import AscentRegistries

/// A folder with policy.json, policy.safetensors and a reader in numpy.
enum NumpyExport {
  static func write(_ request: ExportRequest) throws(ExperimentError) -> [String] {
    let (description, arrays) = try request.source()
    return try ExportedFiles(
      inFolder: request.out,
      [
        ("policy.json", Array((description.json.line + "\n").utf8)),
        (description.weights, arrays.encoded), ("policy.py", PackageResources.numpy_policy_py),
      ]
    ).write()
  }
}

extension ExportFormat {
  /// policy.json, policy.safetensors and a reader in numpy.
  public static let numpy = ExportFormat(
    "numpy", help: "a folder with policy.json, policy.safetensors and policy.py, a reader in numpy",
    write: NumpyExport.write)
}
