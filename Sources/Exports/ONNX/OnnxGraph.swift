internal import FoundationEssentials

/// A graph of ONNX while it is written: nodes, each with one output, and constants.
struct OnnxGraph {
  private(set) var graph = Onnx_GraphProto()
  private var names: [String: Int] = [:]
  /// The names of constants that several nodes use.
  private var known: [String: String] = [:]

  /// An attribute of a node.
  enum Attribute {
    case integer(Int)
    case integers([Int])
  }

  /// The extents of an input or output; the first one is free.
  static let batch = "batch"

  init(name: String) { graph.name = name }

  /// Adds a node and returns the name of its output.
  mutating func add(
    _ operation: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [], output: String? = nil
  ) -> String {
    var node = Onnx_NodeProto()
    node.opType = operation
    node.input = inputs
    let name = output ?? unique(operation.lowercased())
    (node.name, node.output) = (name, [name])
    node.attribute = attributes.map { name, value in
      var attribute = Onnx_AttributeProto()
      attribute.name = name
      switch value {
      case .integer(let value): (attribute.i, attribute.type) = (Int64(value), .int)
      case .integers(let values): (attribute.ints, attribute.type) = (values.map(Int64.init), .ints)
      }
      return attribute
    }
    graph.node.append(node)
    return name
  }

  /// Adds a constant array of floats and returns its name.
  mutating func constant(_ name: String, _ values: [Float], shape: [Int]) -> String {
    var bytes = Data(capacity: 4 * values.count)
    for value in values {
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
      }
    }
    return constant(name, .float, bytes, shape)
  }

  /// Adds a constant vector of integers and returns its name.
  mutating func constant(_ name: String, integers: [Int]) -> String {
    let key = "\(name) \(integers)"
    if let known = known[key] { return known }
    var bytes = Data(capacity: 8 * integers.count)
    for value in integers {
      let bits = UInt64(bitPattern: Int64(value))
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
    let made = constant(name, .int64, bytes, [integers.count])
    known[key] = made
    return made
  }

  /// Adds a constant number and returns its name.
  mutating func constant(_ name: String, _ value: Float) -> String {
    if let known = known[name] { return known }
    let made = constant(name, [value], shape: [])
    known[name] = made
    return made
  }

  private mutating func constant(
    _ name: String, _ type: Onnx_TensorProto.DataType, _ bytes: Data, _ shape: [Int]
  ) -> String {
    var tensor = Onnx_TensorProto()
    tensor.name = unique(name)
    tensor.dataType = Int32(type.rawValue)
    tensor.dims = shape.map(Int64.init)
    tensor.rawData = bytes
    graph.initializer.append(tensor)
    return tensor.name
  }

  /// A name that no other value has.
  private mutating func unique(_ name: String) -> String {
    names[name, default: 0] += 1
    let count = names[name] ?? 1
    return count == 1 ? name : "\(name)_\(count)"
  }

  /// Adds an input [batch × width] and returns its name.
  mutating func input(_ name: String, _ width: Int, _ meaning: String) -> String {
    graph.input.append(Self.value(unique(name), width, meaning))
    return name
  }

  /// Makes a value an output [batch × width] under another name.
  mutating func output(_ name: String, _ width: Int, _ meaning: String, _ value: String) {
    let name = unique(name)
    _ = add("Identity", [value], output: name)
    graph.output.append(Self.value(name, width, meaning))
  }

  private static func value(_ name: String, _ width: Int, _ meaning: String) -> Onnx_ValueInfoProto {
    var rows = Onnx_TensorShapeProto.Dimension()
    rows.dimParam = batch
    var columns = Onnx_TensorShapeProto.Dimension()
    columns.dimValue = Int64(width)
    var type = Onnx_TypeProto.Tensor()
    type.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    type.shape.dim = [rows, columns]
    var info = Onnx_ValueInfoProto()
    (info.name, info.docString) = (name, meaning)
    info.type.tensorType = type
    return info
  }
}

// Operations that need constants.
extension OnnxGraph {
  /// Columns `range` of the rows of a matrix.
  mutating func columns(_ x: String, _ range: Range<Int>, of width: Int) -> String {
    guard range != 0..<width else { return x }
    let start = constant("start", integers: [range.lowerBound])
    let end = constant("end", integers: [range.upperBound])
    return add("Slice", [x, start, end, constant("axis", integers: [1])])
  }

  /// Matrices side by side.
  mutating func side(_ parts: [String]) -> String {
    parts.count == 1 ? parts[0] : add("Concat", parts, [("axis", .integer(1))])
  }

  /// A matrix with other extents behind the first one, which stays; −1 stands for the rest.
  mutating func reshaped(_ x: String, _ extents: [Int]) -> String {
    add("Reshape", [x, constant("shape", integers: [0] + extents)])
  }
}
