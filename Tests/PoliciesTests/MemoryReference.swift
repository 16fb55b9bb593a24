import AscentPolicies
private import Glibc

/// π and V of a policy with a recurrent layer, computed plainly in double precision from the named parameters.
struct MemoryReference {
  var values: [Double]
  let slices: [Parameters.Slice]
  let cell: Recurrence.Cell
  let units: Int
  /// How many layers come before the memory; they are convolutions of one pixel.
  let layersBefore: Int

  init(_ θ: Parameters, _ recurrence: Recurrence, layersBefore: Int = 0) {
    self.layersBefore = layersBefore
    values = θ.values.map { Double($0) }
    slices = θ.slices
    (cell, units) = (recurrence.cell, recurrence.size)
  }

  private func affine(_ name: String, _ x: [Double]) -> [Double] {
    guard let w = slices.first(where: { $0.name == "\(name).weight" }),
      let b = slices.first(where: { $0.name == "\(name).bias" })
    else { return [] }
    let n = w.shape[1]
    return (0..<n).map { j in
      x.indices.reduce(values[b.range.lowerBound + j]) {
        $0 + x[$1] * values[w.range.lowerBound + $1 * n + j]
      }
    }
  }

  /// One step of the network's memory; its first `units` numbers are what it puts out.
  private func remember(_ network: String, _ x: [Double], _ state: [Double]) -> [Double] {
    let (n, σ) = (units, { (x: Double) in 1 / (1 + exp(-x)) })
    let h = Array(state[..<n])
    let (a, b) = (affine("\(network).memory.outer", x), affine("\(network).memory.inner", h))
    if cell == .gru {
      return (0..<n).map { k in
        let (r, z) = (σ(a[k] + b[k]), σ(a[n + k] + b[n + k]))
        let y = tanh(a[2 * n + k] + r * b[2 * n + k])
        return (1 - z) * y + z * h[k]
      }
    }
    let c = (0..<n).map { k in
      σ(a[n + k] + b[n + k]) * state[n + k] + σ(a[k] + b[k]) * tanh(a[2 * n + k] + b[2 * n + k])
    }
    return (0..<n).map { k in σ(a[3 * n + k] + b[3 * n + k]) * tanh(c[k]) } + c
  }

  /// The last layer's outputs for each step of a sequence that begins in `state`, and the state after it.
  func outputs(_ network: String, _ observations: [[Float]], from state: [Float]) -> ([[Double]], [Double]) {
    var (all, state) = ([[Double]](), state.map { Double($0) })
    let layers = slices.filter { $0.name.hasPrefix("\(network).") && $0.name.hasSuffix(".weight") }.count - 2
    for o in observations {
      var y = o.map { Double($0) }
      for l in 0..<layersBefore { y = affine("\(network).\(l)", y).map { tanh($0) } }
      state = remember(network, y, state)
      y = Array(state[..<units])
      for l in layersBefore..<layers {
        y = affine("\(network).\(l)", y)
        if l < layers - 1 { y = y.map { tanh($0) } }
      }
      all.append(y)
    }
    return (all, state)
  }

  /// log softmax.
  static func logs(_ l: [Double]) -> [Double] {
    let sum = log(l.reduce(0) { $0 + exp($1) })
    return l.map { $0 - sum }
  }
}
