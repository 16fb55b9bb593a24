internal import AscentExperiments
internal import AscentRegistries

/// A folder with policy.json, the arrays as PyTorch's layers have them, and a module that loads both.
///
/// A weight is [outputs × inputs], a filter [channel × row × column], and the features of convolutions are in the order
/// of `nn.Flatten`, [channel × row × column].
struct TorchExport {
  private let description: PolicyDescription
  private let named: [String: Safetensors.Tensor]
  private let run: RunFolder

  /// Reads the policy of a run.
  ///
  /// - Throws: ``ExperimentError``.
  init(_ request: ExportRequest) throws(ExperimentError) {
    run = request.run
    let (description, arrays) = try request.source()
    self.description = description
    named = Dictionary(arrays.tensors.map { ($0.name, $0) }) { first, _ in first }
  }

  static func write(_ request: ExportRequest) throws(ExperimentError) -> [String] {
    let export = try TorchExport(request)
    let file = Safetensors(tensors: try export.tensors(), metadata: ["format": "pt"])
    return try ExportedFiles(
      inFolder: request.out,
      [
        ("policy.json", Array((export.description.json.line + "\n").utf8)),
        ("model.safetensors", file.encoded), ("policy.py", PackageResources.torch_policy_py),
      ]
    ).write()
  }

  /// The arrays with PyTorch's names and layouts.
  private func tensors() throws(ExperimentError) -> [Safetensors.Tensor] {
    let size = description.featureSize
    var all = [
      Safetensors.Tensor("mean", try statistic(\.mean, otherwise: 0), shape: [size]),
      Safetensors.Tensor("scale", try statistic(\.scale, otherwise: 1), shape: [size]),
    ]
    var groups: [Group] = []
    for (k, input) in description.inputs.enumerated() {
      groups.append(try add(input, "convolutions.\(k)", to: &all))
    }
    if let memory = description.memory {
      for (map, name) in [(memory.outer, "ih"), (memory.inner, "hh")] {
        let matrix = try matrix(map, reading: name == "ih" ? groups : [])
        all.append(Safetensors.Tensor("memory.weight_\(name)_l0", matrix.transposed, shape: matrix.shape))
        all.append(Safetensors.Tensor("memory.bias_\(name)_l0", matrix.bias, shape: [matrix.columns]))
      }
    }
    for (k, layer) in description.layers.enumerated() {
      let matrix = try matrix(layer, reading: k == 0 && description.memory == nil ? groups : [])
      all.append(Safetensors.Tensor("layers.\(2 * k).weight", matrix.transposed, shape: matrix.shape))
      all.append(Safetensors.Tensor("layers.\(2 * k).bias", matrix.bias, shape: [matrix.columns]))
    }
    for (k, factor) in description.distributions.enumerated() {
      for array in factor.parameters.compactMap(\.array) {
        let tensor = try tensor(array)
        all.append(Safetensors.Tensor("log_deviations.\(k)", tensor.floats, shape: tensor.shape))
      }
    }
    return all
  }

  /// A group of neighboring rows of the first matrix: `count` positions with `channels` numbers each, which PyTorch has
  /// channel by channel.
  private struct Group {
    var count: Int
    var channels = 1

    /// The row of ours that is PyTorch's kth.
    func row(_ k: Int) -> Int { k % count * channels + k / count }
  }

  /// Adds the convolutions of an input, and returns the group of their outputs.
  private func add(
    _ input: PolicyDescription.Input, _ name: String, to all: inout [Safetensors.Tensor]
  ) throws(ExperimentError) -> Group {
    switch input {
    case .numbers(let count), .index(let count): return Group(count: count)
    case .image(let image, let convolutions):
      var (height, width, channels) = (image.height, image.width, image.channels)
      for (k, convolution) in convolutions.enumerated() {
        let side = convolution.side
        guard side <= min(height, width) else { throw damaged(convolution.map.weight) }
        let matrix = try matrix(convolution.map, reading: [Group(count: side * side, channels: channels)])
        all.append(
          Safetensors.Tensor(
            "\(name).\(2 * k).weight", matrix.transposed, shape: [matrix.columns, channels, side, side]))
        all.append(Safetensors.Tensor("\(name).\(2 * k).bias", matrix.bias, shape: [matrix.columns]))
        (height, width) = ((height - side) / convolution.stride + 1, (width - side) / convolution.stride + 1)
        channels = matrix.columns
      }
      return Group(count: height * width, channels: channels)
    }
  }

  /// w, transposed, and b of a map.
  private struct Matrix {
    var rows, columns: Int
    var transposed, bias: [Float]
    var shape: [Int] { [columns, rows] }
  }

  /// Reads a map whose input consists of groups; with none, its rows remain in their order.
  private func matrix(
    _ map: PolicyDescription.Map, reading groups: [Group]
  ) throws(ExperimentError) -> Matrix {
    let (weight, bias) = (try tensor(map.weight), try tensor(map.bias))
    guard weight.shape.count == 2, bias.shape == [weight.shape[1]] else { throw damaged(map.weight) }
    let (rows, columns, floats) = (weight.shape[0], weight.shape[1], weight.floats)
    let groups = groups.isEmpty ? [Group(count: rows)] : groups
    guard groups.reduce(0, { $0 + $1.count * $1.channels }) == rows else { throw damaged(map.weight) }
    var (order, first) = ([Int](), 0)
    for group in groups {
      let size = group.count * group.channels
      order += (0..<size).map { first + group.row($0) }
      first += size
    }
    let transposed = (0..<columns).flatMap { column in order.map { floats[$0 * columns + column] } }
    return Matrix(rows: rows, columns: columns, transposed: transposed, bias: bias.floats)
  }

  /// One of the normalizer's arrays; `otherwise` for indices and without a normalizer.
  private func statistic(
    _ name: KeyPath<PolicyDescription.Normalizer, String>, otherwise: Float
  ) throws(ExperimentError) -> [Float] {
    let size = description.featureSize
    guard let normalizer = description.normalizer else { return Array(repeating: otherwise, count: size) }
    let array = normalizer[keyPath: name]
    var floats = try tensor(array).floats
    guard floats.count == size, normalizer.indices.allSatisfy({ (0..<size).contains($0) }) else {
      throw damaged(array)
    }
    for k in normalizer.indices { floats[k] = otherwise }
    return floats
  }

  private func tensor(_ name: String) throws(ExperimentError) -> Safetensors.Tensor {
    guard let tensor = named[name], tensor.element == .float32 else { throw damaged(name) }
    return tensor
  }

  private func damaged(_ name: String) -> ExperimentError {
    .damaged(
      file: "\(run.path)/\(description.weights)", reason: "it lacks the array '\(name)' of policy.json")
  }
}

extension ExportFormat {
  /// A folder for PyTorch.
  public static let torch = ExportFormat(
    "torch",
    help: "a folder with policy.json, model.safetensors and policy.py, a torch.nn.Module that loads them",
    write: TorchExport.write)
}
