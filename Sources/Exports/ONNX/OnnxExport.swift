public import AscentExperiments
internal import AscentRegistries
internal import SwiftProtobuf

extension ExportFormat {
  /// One file of ONNX.
  public static let onnx = ExportFormat(
    "onnx", help: "one ONNX file, operator set \(OnnxFile.operatorSet), with a free batch axis",
    options: [.distribution]
  ) { request throws(ExperimentError) in
    let policy = try ExportedPolicy(request)
    let bytes = try OnnxFile(policy, hasDistribution: request.hasDistribution).bytes
    return try ExportedFiles([(request.out, bytes)]).write()
  }
}

/// A policy as a model of ONNX.
public struct OnnxFile {
  /// The version of the operators.
  public static let operatorSet = 17
  /// The version of the file's structure, which came with that of the operators.
  static let structure: Int64 = 8
  /// The largest file that a reader of protocol buffers accepts.
  private static let largest = 2_000_000_000

  /// The content of the file.
  public let bytes: [UInt8]

  /// Writes a policy.
  ///
  /// - Parameters:
  ///   - policy: the policy.
  ///   - hasDistribution: true for an output with the parameters of the distribution.
  /// - Throws: `ExperimentError/usage(_:)` if the file would be too large for a reader.
  public init(_ policy: ExportedPolicy, hasDistribution: Bool = false) throws(ExperimentError) {
    var model = Onnx_ModelProto()
    model.irVersion = Self.structure
    (model.producerName, model.producerVersion) = ("ascent", AscentVersion.current)
    var operators = Onnx_OperatorSetIdProto()
    operators.version = Int64(Self.operatorSet)
    model.opsetImport = [operators]
    model.graph = OnnxProgram(policy, hasDistribution: hasDistribution).graph.graph
    let texts = { (lines: [String]) in JSON.array(lines.map { .text($0) }).line }
    var records =
      policy.records + [
        (key: "observation_columns", value: texts(policy.observationLines)),
        (key: "action_values", value: texts(policy.actionLines)),
        (key: "policy", value: policy.description.json.line),
      ]
    if hasDistribution {
      records.append((key: "distribution_columns", value: texts(policy.distributionColumns)))
    }
    model.metadataProps = records.map { record in
      var entry = Onnx_StringStringEntryProto()
      (entry.key, entry.value) = (record.key, record.value)
      return entry
    }
    guard let bytes: [UInt8] = try? model.serializedBytes(), bytes.count < Self.largest else {
      throw .usage("the policy is too large for one file of ONNX; use --format c or the run's own files")
    }
    self.bytes = bytes
  }
}
