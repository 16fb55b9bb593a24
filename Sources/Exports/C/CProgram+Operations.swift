internal import AscentPolicies

// The operations of networks.
extension CProgram {
  mutating func write(_ operation: PolicyGraph.Operation) {
    switch operation {
    case .affine(let map):
      let (y, (weight, bias)) = (next(map.outputs), arrays(of: map))
      call("affine", "\(map.inputs)", "\(map.outputs)", row, weight, bias, y)
      activate(map.activation, map.outputs, y)
      row = y
    case .blocks(let blocks, let map): write(blocks, map)
    case .convolution(let convolution):
      let y = next(convolution.size)
      write(convolution, row, y)
      row = y
    case .parts(let parts):
      let y = next(operation.width)
      for part in parts { write(part, to: "\(y) + \(part.output)") }
      row = y
    case .recurrence(let recurrence): write(recurrence)
    }
  }

  private mutating func write(
    _ blocks: [PolicyGraph.Block], _ map: PolicyGraph.Map
  ) {
    let (y, (weight, bias)) = (next(map.outputs), arrays(of: map))
    call("copy", "\(map.outputs)", bias, y)
    for block in blocks {
      let rows = "\(weight) + \(block.row * map.outputs)"
      if block.isIndex {
        call("add_row", "\(block.count)", "\(map.outputs)", "\(row)[\(block.column)]", rows, y)
      } else {
        call("add_product", "\(block.count)", "\(map.outputs)", "\(row) + \(block.column)", rows, y)
      }
    }
    activate(map.activation, map.outputs, y)
    row = y
  }

  private mutating func write(_ convolution: PolicyGraph.Convolution, _ x: String, _ y: String) {
    let (map, (weight, bias)) = (convolution.map, arrays(of: convolution.map))
    let extents = [
      convolution.image.width, convolution.image.channels, convolution.side, convolution.stride,
      convolution.result.height, convolution.result.width, map.outputs,
    ]
    let name = "convolution_\(statements.count)"
    statements.append(
      "static const convolution \(name) = {\(extents.map(String.init).joined(separator: ", "))};")
    call("convolve", "&\(name)", x, weight, bias, y)
    activate(map.activation, convolution.size, y)
  }

  private mutating func write(_ part: PolicyGraph.Part, to y: String) {
    let x = "\(row) + \(part.column)"
    switch part.kind {
    case .numbers: call("copy", "\(part.size)", x, y)
    case .index: call("one_hot", "\(part.size)", "*(\(x))", y)
    case .image(let image, let convolutions):
      var from = x
      if image.planes > 1 {
        from = local("image", image.size)
        let (pixels, run) = (image.height * image.width, image.channels / image.planes)
        call("interleave", "\(image.planes)", "\(pixels)", "\(run)", x, from)
      }
      for (k, convolution) in convolutions.enumerated() {
        let to =
          k == convolutions.count - 1
          ? y : local(k % 2 == 0 ? "filtered" : "filtered_again", convolution.size)
        write(convolution, from, to)
        from = to
      }
    }
  }

  private mutating func write(_ recurrence: PolicyGraph.Recurrence) {
    let (outer, inner) = (recurrence.outer, recurrence.inner)
    let (gates, others) = (local("gates", outer.outputs), local("inner_gates", inner.outputs))
    let (w, v) = (arrays(of: outer), arrays(of: inner))
    call("affine", "\(outer.inputs)", "\(outer.outputs)", row, w.weight, w.bias, gates)
    call("affine", "\(inner.inputs)", "\(inner.outputs)", "state", v.weight, v.bias, others)
    call(recurrence.cell.rawValue, "\(recurrence.units)", gates, others, "state")
    row = "state"
  }
}
