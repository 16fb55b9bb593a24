/// Compares two files of arrays.
enum CheckpointDifference {
  /// The first array that differs, with a description; nil if there is none.
  static func first(_ a: String, _ b: String) throws(ExperimentError) -> (tensor: String, text: String)? {
    let one = try Safetensors(Safetensors.bytes(of: a), file: a)
    let two = try Safetensors(Safetensors.bytes(of: b), file: b)
    let (left, right) = (tensors(of: one, besides: two), tensors(of: two, besides: one))
    let others = Dictionary(right.map { ($0.name, $0) }) { first, _ in first }
    for tensor in left where others[tensor.name] != tensor {
      guard let other = others[tensor.name], other.shape == tensor.shape, other.element == tensor.element
      else { return (tensor.name, "\(tensor.name) is missing in one of them, or has another shape") }
      let size = tensor.element.size
      let byte =
        zip(tensor.bytes, other.bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
      return (
        tensor.name,
        "\(tensor.name)[\(byte / size)] is \(value(tensor, byte / size)) and \(value(other, byte / size))"
      )
    }
    return left.count == right.count ? nil : ("", "one has more arrays")
  }

  /// Arrays that do not decide what is learned: earlier versions saved none of them, and only a run with evaluations has the
  /// last two.
  private static let records = ["metrics", "returns", "lengths", "evaluations", "best"]

  /// The arrays of a file without records that the other one lacks.
  private static func tensors(of file: Safetensors, besides other: Safetensors) -> [Safetensors.Tensor] {
    let there = Set(other.tensors.map(\.name))
    return file.tensors.filter { !records.contains($0.name) || there.contains($0.name) }
  }

  private static func value(_ tensor: Safetensors.Tensor, _ index: Int) -> String {
    switch tensor.element {
    case .float32: "\(tensor.floats[index])"
    case .int64: "\(tensor.integers[index])"
    case .uint8: "\(tensor.bytes[index])"
    }
  }
}
