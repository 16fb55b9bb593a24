internal import AscentPolicies

// The operations of networks.
extension OnnxProgram {
  mutating func write(_ operation: PolicyGraph.Operation) {
    switch operation {
    case .affine(let map): set(activated(affine(row, map), map.activation), map.outputs)
    case .blocks(let blocks, let map): set(activated(sum(blocks, map), map.activation), map.outputs)
    case .convolution(let convolution):
      let image = convolution.image
      let x = planes(row, image)
      set(pixels(filtered(x, convolution), convolution), convolution.size)
    case .parts(let parts):
      let values = parts.map { value(of: $0) }
      set(graph.side(values), operation.width)
    case .recurrence(let recurrence): write(recurrence)
    }
  }

  /// An image [batch × (plane × row × column × run)] as [batch × channel × row × column].
  private mutating func planes(_ x: String, _ image: PolicyGraph.Image) -> String {
    let run = image.channels / image.planes
    let apart = graph.reshaped(x, [image.planes, image.height, image.width, run])
    let turned = graph.add("Transpose", [apart], [("perm", .integers([0, 1, 4, 2, 3]))])
    return graph.reshaped(turned, [image.channels, image.height, image.width])
  }

  /// Channels [batch × channel × row × column] as [batch × (row × column × channel)].
  private mutating func pixels(_ x: String, _ convolution: PolicyGraph.Convolution) -> String {
    let turned = graph.add("Transpose", [x], [("perm", .integers([0, 2, 3, 1]))])
    return graph.reshaped(turned, [convolution.size])
  }

  private mutating func filtered(_ x: String, _ convolution: PolicyGraph.Convolution) -> String {
    let (map, side, channels) = (convolution.map, convolution.side, convolution.image.channels)
    let numbers = map.weight
    // [row × column × channel × filter] as [filter × channel × row × column].
    var turned: [Float] = []
    turned.reserveCapacity(numbers.count)
    for filter in 0..<map.outputs {
      for channel in 0..<channels {
        for pixel in 0..<side * side {
          turned.append(numbers[(pixel * channels + channel) * map.outputs + filter])
        }
      }
    }
    let weight = graph.constant("\(map.name).weight", turned, shape: [map.outputs, channels, side, side])
    let bias = graph.constant("\(map.name).bias", map.bias, shape: [map.outputs])
    let strides = [convolution.stride, convolution.stride]
    return activated(
      graph.add(
        "Conv", [x, weight, bias],
        [("kernel_shape", .integers([side, side])), ("strides", .integers(strides))]),
      map.activation)
  }

  /// b + x w of numbers and indices.
  private mutating func sum(_ blocks: [PolicyGraph.Block], _ map: PolicyGraph.Map) -> String {
    let weight = map.weight
    var sum = graph.constant("\(map.name).bias", map.bias, shape: [map.outputs])
    for block in blocks {
      let rows = Array(weight[block.row * map.outputs..<(block.row + block.count) * map.outputs])
      let name = "\(map.name).weight.\(block.row)"
      let columns = block.column..<block.column + (block.isIndex ? 1 : block.count)
      let x = graph.columns(row, columns, of: width)
      let term: String
      if block.isIndex {
        // −1 is the last row, of zeros.
        let zeros = [Float](repeating: 0, count: map.outputs)
        let table = graph.constant(name, rows + zeros, shape: [block.count + 1, map.outputs])
        let index = graph.add("Cast", [x], [("to", .integer(7))])
        let flat = graph.add("Reshape", [index, graph.constant("shape", integers: [-1])])
        term = graph.add("Gather", [table, flat], [("axis", .integer(0))])
      } else {
        let table = graph.constant(name, rows, shape: [block.count, map.outputs])
        term = graph.add("MatMul", [x, table])
      }
      sum = graph.add("Add", [term, sum])
    }
    return sum
  }

  private mutating func value(of part: PolicyGraph.Part) -> String {
    switch part.kind {
    case .numbers: return graph.columns(row, part.column..<part.column + part.size, of: width)
    case .index:
      let x = graph.columns(row, part.column..<part.column + 1, of: width)
      let index = graph.add("Cast", [x], [("to", .integer(7))])
      // −1 is the last of one number more, which is left out.
      let depth = graph.constant("depth", integers: [part.size + 1])
      let values = graph.constant("off_on", [0, 1], shape: [2])
      let flat = graph.add("Reshape", [index, graph.constant("shape", integers: [-1])])
      let all = graph.add("OneHot", [flat, depth, values], [("axis", .integer(-1))])
      return graph.columns(all, 0..<part.size, of: part.size + 1)
    case .image(let image, let convolutions):
      var x = planes(graph.columns(row, part.column..<part.column + image.size, of: width), image)
      for convolution in convolutions { x = filtered(x, convolution) }
      guard let last = convolutions.last else { return x }
      return pixels(x, last)
    }
  }

  private mutating func write(_ recurrence: PolicyGraph.Recurrence) {
    guard let state else { return }
    let (n, size) = (recurrence.units, policy.graph.stateSize)
    let before = graph.columns(state, 0..<n, of: size)
    let (outer, inner) = (affine(row, recurrence.outer), affine(before, recurrence.inner))
    let count = recurrence.outer.outputs
    switch recurrence.cell {
    case .gru:
      let gates = graph.add(
        "Sigmoid",
        [
          graph.add(
            "Add", [graph.columns(outer, 0..<2 * n, of: count), graph.columns(inner, 0..<2 * n, of: count)])
        ]
      )
      let (r, z) = (graph.columns(gates, 0..<n, of: 2 * n), graph.columns(gates, n..<2 * n, of: 2 * n))
      let shown = graph.add("Mul", [r, graph.columns(inner, 2 * n..<3 * n, of: count)])
      let y = graph.add("Tanh", [graph.add("Add", [graph.columns(outer, 2 * n..<3 * n, of: count), shown])])
      let kept = graph.add("Mul", [z, graph.add("Sub", [before, y])])
      set(graph.add("Add", [kept, y]), n)
      output(state: row)
    case .lstm:
      let sums = graph.add("Add", [outer, inner])
      let gate = { (graph: inout OnnxGraph, k: Int, function: String) in
        graph.add(function, [graph.columns(sums, k * n..<(k + 1) * n, of: count)])
      }
      let (i, f) = (gate(&graph, 0, "Sigmoid"), gate(&graph, 1, "Sigmoid"))
      let (y, o) = (gate(&graph, 2, "Tanh"), gate(&graph, 3, "Sigmoid"))
      let kept = graph.add("Mul", [f, graph.columns(state, n..<2 * n, of: size)])
      let cells = graph.add("Add", [kept, graph.add("Mul", [i, y])])
      set(graph.add("Mul", [o, graph.add("Tanh", [cells])]), n)
      output(state: graph.side([row, cells]))
    }
  }
}
