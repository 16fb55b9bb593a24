internal import AscentMathematics
internal import AscentRandomness

/// A recurrent layer: each step computes a new state from the previous state and the input.
///
/// `outer` multiplies the input and `inner` the state, each with a bias, for all gates side by side. A position is the
/// index of a row in time order (``TimeOrder``).
struct RecurrentLayer: Layer {
  let cell: Recurrence.Cell
  let units: Int
  /// The weights of inputs, [input × gate], and of states, [unit × gate].
  let outer, inner: AffineShape
  /// The index of its first number in the policy's state.
  let stateStart: Int
  private let name: String

  init(_ recurrence: Recurrence, inputs: Int, weight: Int, stateStart: Int, name: String) {
    (cell, units, self.stateStart) = (recurrence.cell, recurrence.size, stateStart)
    let gates = recurrence.size * recurrence.cell.gateCount
    outer = AffineShape(inputs: inputs, outputs: gates, weight: weight)
    inner = AffineShape(inputs: recurrence.size, outputs: gates, weight: outer.end)
    self.name = name
  }

  var end: Int { inner.end }

  /// Floats of the layer's state.
  var stateSize: Int { units * cell.stateCount }

  /// The region of the inner product's adjoint; in an LSTM it is the same as the outer product's.
  var innerAdjoints: RecurrentWorkspace.Region { cell == .gru ? .innerAdjoints : .gateAdjoints }

  var isRecurrent: Bool { true }
  var outputSize: Int { units }
  var activation: Activation? { nil }
  var parts: [Parameters.Slice] {
    outer.slices("\(name).memory.outer") + inner.slices("\(name).memory.inner")
  }
  var workspaceSize: Int { 0 }
  var multiplications: Int { 0 }

  func makeWorkspace() -> LayerWorkspace {
    var own = LayerWorkspace()
    own.recurrent = RecurrentWorkspace(self)
    return own
  }

  func reserve(_ rows: Int, in own: inout LayerWorkspace) {
    own.outputs = Array(repeating: 0, count: rows * units)
    own.tangents = own.outputs
    own.recurrent?.reserve(rows)
  }

  /// Draws the initial parameters.
  ///
  /// The orthogonal scheme draws each gate's weights with gain 1; biases are 0, except that an LSTM's outer forget bias
  /// is 1 (Gers, Schmidhuber and Cummins 2000). The uniform scheme draws everything from ±1/√units, as PyTorch does.
  func initialize(_ θ: inout Parameters, _ scheme: Initialization, from stream: RandomStream) {
    for map in [outer, inner] {
      guard scheme == .orthogonal else {
        let numbers = Initialization.uniform(map.end - map.weight, inputs: units, from: stream)
        θ.values.replaceSubrange(map.weight..<map.end, with: numbers)
        continue
      }
      for gate in 0..<cell.gateCount {
        let weights = Initialization.orthogonal(
          rows: map.inputs, columns: units, gain: 1, from: stream)
        for i in 0..<map.inputs {
          for j in 0..<units {
            θ.values[map.weight + i * map.outputs + gate * units + j] = weights[i * units + j]
          }
        }
      }
    }
    guard scheme == .orthogonal, cell == .lstm else { return }
    for j in units..<2 * units { θ.values[outer.bias + j] = 1 }
  }

  /// Copies the final state of the kth longest sequence into a policy's state that begins at index `start`.
  func readState(
    of k: Int, in memory: borrowing RecurrentWorkspace, into states: inout [Float], at start: Int
  ) {
    let (to, position) = (start + stateStart, memory.order.ends[k])
    let (h, c) = (memory.map.index(.outputs, position), memory.map.index(.cells, position))
    for j in 0..<units { states[to + j] = memory.numbers[h + j] }
    guard cell == .lstm else { return }
    for j in 0..<units { states[to + units + j] = memory.numbers[c + j] }
  }

  // MARK: Forward pass

  /// Runs along the sequences: `x` contains their inputs, lead rows first; y has only the other rows.
  func forward(_ θ: Span<Float>, on x: Span<Float>, _ rows: LayerRows, in own: inout LayerWorkspace) {
    own.rows = rows
    guard let sequences = rows.sequences, var memory = own.recurrent.take() else { return }
    defer { own.recurrent = memory }
    memory.order.arrange(sequences)
    memory.gatherInputs(x, size: outer.inputs)
    Kernels.multiplyInputs(self, rows: memory.order.rows.count, θ, into: .gates, in: &memory)
    for time in 0..<memory.order.length {
      let positions = memory.order.positions(at: time)
      if time == 0 {
        begin(sequences, in: &memory)
      } else {
        let earlier = memory.order.starts[time - 1]..<memory.order.starts[time - 1] + positions.count
        memory.copy(.outputs, earlier, to: .before, positions.lowerBound)
        if cell == .lstm { memory.copy(.cells, earlier, to: .cellsBefore, positions.lowerBound) }
      }
      Kernels.advance(self, at: positions, θ, in: &memory)
    }
    memory.read(.outputs, into: &own.outputs, size: units)
  }

  private func begin(_ sequences: Sequences, in memory: inout RecurrentWorkspace) {
    for (position, sequence) in memory.order.sequences.enumerated() {
      let from = sequence * sequences.stateSize + stateStart
      let (h, c) = (memory.map.index(.before, position), memory.map.index(.cellsBefore, position))
      for k in 0..<units { memory.numbers[h + k] = sequences.states[from + k] }
      guard cell == .lstm else { continue }
      for k in 0..<units { memory.numbers[c + k] = sequences.states[from + units + k] }
    }
  }

  // MARK: Backward pass

  /// ĝ += Σ ∂/∂θ by backpropagation through all of time.
  func accumulateAdjoint(
    _ θ: Span<Float>, on x: Span<Float>, in own: inout LayerWorkspace, into gradient: inout MutableSpan<Float>
  ) {
    guard var memory = own.recurrent.take() else { return }
    defer { own.recurrent = memory }
    let all = 0..<memory.order.rows.count
    memory.clear(.outputAdjoints, all)
    memory.write(own.adjoints, to: .outputAdjoints, size: units)
    let going = 0..<memory.order.sequences.count
    memory.clear(.carry, going)
    memory.clear(.cellCarry, going)
    memory.transposed.withMutableSpan { Kernels.transpose(inner, θ, into: &$0) }
    let transposed = memory.transposed
    for time in (0..<memory.order.length).reversed() {
      Kernels.retreat(self, at: memory.order.positions(at: time), transposed.span, in: &memory)
    }
    let numbers = memory.numbers.span
    Kernels.affineAdjoint(
      outer, rows: all.count, memory.inputs.span, numbers.extracting(memory.map.range(.gateAdjoints, all)),
      into: &gradient)
    Kernels.affineAdjoint(
      inner, rows: all.count, numbers.extracting(memory.map.range(.before, all)),
      numbers.extracting(memory.map.range(innerAdjoints, all)), into: &gradient)
  }

  func passDown(
    _ θ: Span<Float>, to below: LayerBelow, in own: inout LayerWorkspace, _ scratch: inout LayerScratch,
    into adjoints: inout [Float]
  ) {
    guard var memory = own.recurrent.take() else { return }
    defer { own.recurrent = memory }
    let rows = memory.order.rows.count
    var inputAdjoints = memory.inputAdjoints
    inputAdjoints.withMutableSpan {
      Kernels.affineInputAdjoint(
        outer, rows: rows, memory.numbers.span.extracting(memory.map.range(.gateAdjoints, 0..<rows)), θ,
        into: &$0)
    }
    memory.inputAdjoints = inputAdjoints
    let size = outer.inputs
    for (position, row) in memory.order.rows.enumerated() {
      for k in 0..<size { adjoints[row * size + k] = inputAdjoints[position * size + k] }
    }
    below.activateAdjoint(own.rows.inputs, &adjoints)
  }

  // MARK: Tangents

  func tangent(
    _ θ: Span<Float>, along v: Span<Float>, on x: Span<Float>, _ tangents: [Float]?,
    in own: inout LayerWorkspace, _ scratch: inout LayerScratch
  ) {
    guard var memory = own.recurrent.take() else { return }
    defer { own.recurrent = memory }
    let all = 0..<memory.order.rows.count
    Kernels.multiplyInputs(self, rows: all.count, v, into: .gateTangents, in: &memory)
    if let tangents { addInputTangents(tangents, θ, in: &memory, &scratch) }
    for time in 0..<memory.order.length {
      let positions = memory.order.positions(at: time)
      if time == 0 {
        memory.clear(.beforeTangents, positions)
        memory.clear(.cellsBeforeTangents, positions)
      } else {
        let earlier = memory.order.starts[time - 1]..<memory.order.starts[time - 1] + positions.count
        memory.copy(.outputTangents, earlier, to: .beforeTangents, positions.lowerBound)
        if cell == .lstm {
          memory.copy(.cellTangents, earlier, to: .cellsBeforeTangents, positions.lowerBound)
        }
      }
      Kernels.tangent(self, at: positions, θ, along: v, in: &memory)
    }
    memory.read(.outputTangents, into: &own.tangents, size: units)
  }

  private func addInputTangents(
    _ tangents: [Float], _ θ: Span<Float>, in memory: inout RecurrentWorkspace, _ scratch: inout LayerScratch
  ) {
    let (size, all) = (outer.inputs, 0..<memory.order.rows.count)
    for (position, row) in memory.order.rows.enumerated() {
      for k in 0..<size { memory.inputAdjoints[position * size + k] = tangents[row * size + k] }
    }
    LayerScratch.grow(&scratch.outputs, all.count * outer.outputs)
    scratch.outputs.withMutableSpan { room in
      Kernels.product(outer, rows: all.count, memory.inputAdjoints.span, θ, into: &room)
    }
    for (k, index) in memory.map.range(.gateTangents, all).enumerated() {
      memory.numbers[index] += scratch.outputs[k]
    }
  }
}
