import SwiftProtobuf
import Testing

@testable import AscentExports

/// The structure of models of ONNX; `make exports` compares their actions, with onnxruntime.
struct OnnxExportTests {
  private static func model(_ name: String, hasDistribution: Bool) throws -> Onnx_ModelProto {
    let one = try #require(ExportCase.all.first { $0.name == name })
    let file = try OnnxFile(one.exported(), hasDistribution: hasDistribution)
    return try Onnx_ModelProto(serializedBytes: file.bytes)
  }

  @Test func `inputs and outputs have names, a free batch axis and the sizes of the policy`() throws {
    let gru = try Self.model("gru", hasDistribution: true)
    let described = { (values: [Onnx_ValueInfoProto]) in
      values.map { value in
        "\(value.name) \(value.type.tensorType.shape.dim.map { $0.dimParam + ($0.dimValue > 0 ? "\($0.dimValue)" : "") })"
      }
    }
    #expect(described(gru.graph.input) == [#"observation ["batch", "4"]"#, #"state ["batch", "13"]"#])
    #expect(
      described(gru.graph.output) == [
        #"action ["batch", "3"]"#, #"next_state ["batch", "13"]"#, #"distribution ["batch", "6"]"#,
      ])
    let masked = try Self.model("masks of several choices", hasDistribution: false)
    #expect(described(masked.graph.input) == [#"observation ["batch", "4"]"#, #"mask ["batch", "7"]"#])
    #expect(masked.opsetImport.map(\.version) == [17])
  }

  @Test func `every value is made once and before it is used`() throws {
    for one in ExportCase.all {
      let graph = try Self.model(one.name, hasDistribution: true).graph
      var known = Set(graph.input.map(\.name))
      for name in graph.initializer.map(\.name) { #expect(known.insert(name).inserted, "\(name)") }
      for node in graph.node {
        #expect(node.input.allSatisfy(known.contains), "\(node.name)")
        #expect(known.insert(node.output[0]).inserted, "\(node.name)")
      }
    }
  }

  @Test func `the metadata name the columns`() throws {
    let model = try Self.model("tuple of actions", hasDistribution: true)
    let records = Dictionary(model.metadataProps.map { ($0.key, $0.value) }) { first, _ in first }
    #expect(
      records["action_values"]
        == #"["[0...2] 0: MultiBinary(3)","[3...5] Box(3, float32)","[6] 2: Discrete(2, start=5), counted from 0"]"#
    )
    let columns = try #require(records["distribution_columns"])
    #expect(columns.hasPrefix(#"["action[0].logit","action[1].logit","action[2].logit","action[3].mean""#))
    #expect(columns.hasSuffix(#""action[6].log_probability[0]","action[6].log_probability[1]"]"#))
  }
}
