internal import Randomness

/// A recurrent layer: a state that each step makes of the state before and of the input.
///
/// `outer` multiplies the input and `inner` the state, each with a bias, for all gates side by side.
struct RecurrentLayer: Sendable {
  let cell: Recurrence.Cell
  let units: Int
  /// The weights of inputs, [input × gates], and of states, [unit × gates].
  let outer, inner: Kernels.Layer
  /// Where its state begins in that of the policy.
  let stateStart: Int

  init(_ recurrence: Recurrence, inputs: Int, weight: Int, stateStart: Int) {
    (cell, units, self.stateStart) = (recurrence.cell, recurrence.size, stateStart)
    let gates = recurrence.size * recurrence.cell.gateCount
    outer = Kernels.Layer(inputs: inputs, outputs: gates, weight: weight)
    inner = Kernels.Layer(inputs: recurrence.size, outputs: gates, weight: outer.end)
  }

  var end: Int { inner.end }

  /// Floats of its state.
  var stateSize: Int { units * cell.stateCount }

  /// Where the adjoint of the inner product lies: in an LSTM it is that of the outer one.
  var innerAdjoints: RecurrentWorkspace.Region { cell == .gru ? .innerAdjoints : .gateAdjoints }

  func slices(_ name: String) -> [Parameters.Slice] {
    [("outer", outer), ("inner", inner)].flatMap { part, layer in
      [
        Parameters.Slice(
          "\(name).memory.\(part).weight", shape: [layer.inputs, layer.outputs], at: layer.weight),
        Parameters.Slice("\(name).memory.\(part).bias", shape: [layer.outputs], at: layer.bias),
      ]
    }
  }

  /// Orthogonal weights of gain 1, gate by gate, and biases of 0, but 1 for the outer bias of an LSTM's forget gate
  /// (Gers, Schmidhuber and Cummins 2000); or everything uniform within ± 1/√units, as PyTorch has it.
  func initialize(_ θ: inout Parameters, _ scheme: Initialization, from stream: RandomStream) {
    for layer in [outer, inner] {
      guard scheme == .orthogonal else {
        let numbers = Initialization.uniform(layer.end - layer.weight, inputs: units, from: stream)
        θ.values.replaceSubrange(layer.weight..<layer.end, with: numbers)
        continue
      }
      for gate in 0..<cell.gateCount {
        let weights = Initialization.orthogonal(
          rows: layer.inputs, columns: units, gain: 1, from: stream)
        for i in 0..<layer.inputs {
          for j in 0..<units {
            θ.values[layer.weight + i * layer.outputs + gate * units + j] = weights[i * units + j]
          }
        }
      }
    }
    guard scheme == .orthogonal, cell == .lstm else { return }
    for j in units..<2 * units { θ.values[outer.bias + j] = 1 }
  }

  /// Lives through the sequences: `x` has their inputs, leads first; the results are of the rows that are asked about.
  func forward(
    _ θ: Parameters, on x: Span<Float>, _ sequences: Sequences, in memory: inout RecurrentWorkspace
  ) {
    memory.reserve(sequences.inputCount)
    memory.order.arrange(sequences)
    let size = outer.inputs
    for (place, row) in memory.order.rows.enumerated() {
      for k in 0..<size { memory.inputs[place * size + k] = x[row * size + k] }
    }
    let all = 0..<memory.order.rows.count
    Kernels.multiplyInputs(self, rows: all.count, θ.values.span, into: .gates, in: &memory)
    for time in 0..<memory.order.length {
      let places = memory.order.places(at: time)
      if time == 0 {
        begin(sequences, in: &memory)
      } else {
        let earlier = memory.order.starts[time - 1]..<memory.order.starts[time - 1] + places.count
        memory.copy(.outputs, earlier, to: .before, places.lowerBound)
        if cell == .lstm { memory.copy(.cells, earlier, to: .cellsBefore, places.lowerBound) }
      }
      Kernels.advance(self, at: places, θ.values.span, in: &memory)
    }
    for (row, place) in memory.order.places.enumerated() {
      let index = memory.map.index(.outputs, place)
      for k in 0..<units { memory.results[row * units + k] = memory.numbers[index + k] }
    }
  }

  private func begin(_ sequences: Sequences, in memory: inout RecurrentWorkspace) {
    for (place, sequence) in memory.order.sequences.enumerated() {
      let from = sequence * sequences.stateSize + stateStart
      let (h, c) = (memory.map.index(.before, place), memory.map.index(.cellsBefore, place))
      for k in 0..<units { memory.numbers[h + k] = sequences.states[from + k] }
      guard cell == .lstm else { continue }
      for k in 0..<units { memory.numbers[c + k] = sequences.states[from + units + k] }
    }
  }

  /// What the last step of the k-th longest sequence left, into a policy's state that begins at `start`.
  func readState(
    of k: Int, in memory: borrowing RecurrentWorkspace, into states: inout [Float], at start: Int
  ) {
    let (to, place) = (start + stateStart, memory.order.ends[k])
    let (h, c) = (memory.map.index(.outputs, place), memory.map.index(.cells, place))
    for j in 0..<units { states[to + j] = memory.numbers[h + j] }
    guard cell == .lstm else { return }
    for j in 0..<units { states[to + units + j] = memory.numbers[c + j] }
  }

  /// ĝ += Σ ∂/∂θ through all of time, given the adjoint of the results; then the inputs' adjoints are known, too.
  func accumulateAdjoint(
    _ θ: Parameters, in memory: inout RecurrentWorkspace, needsInputs: Bool,
    into gradient: inout MutableSpan<Float>
  ) {
    let all = 0..<memory.order.rows.count
    memory.clear(.outputAdjoints, all)
    for (row, place) in memory.order.places.enumerated() {
      let index = memory.map.index(.outputAdjoints, place)
      for k in 0..<units { memory.numbers[index + k] = memory.resultAdjoints[row * units + k] }
    }
    let going = 0..<memory.order.sequences.count
    memory.clear(.carry, going)
    memory.clear(.cellCarry, going)
    var room = memory.transposed.mutableSpan
    Kernels.transpose(inner, θ.values.span, into: &room)
    let transposed = memory.transposed
    for time in (0..<memory.order.length).reversed() {
      Kernels.retreat(self, at: memory.order.places(at: time), transposed.span, in: &memory)
    }
    accumulateWeightAdjoints(all, in: memory, into: &gradient)
    guard needsInputs else { return }
    let adjoints = inputAdjoints(θ, all.count, in: memory)
    memory.inputAdjoints = adjoints
  }

  private func accumulateWeightAdjoints(
    _ all: Range<Int>, in memory: borrowing RecurrentWorkspace, into gradient: inout MutableSpan<Float>
  ) {
    let numbers = memory.numbers.span
    Kernels.affineAdjoint(
      outer, rows: all.count, memory.inputs.span, numbers.extracting(memory.map.range(.gateAdjoints, all)),
      into: &gradient)
    Kernels.affineAdjoint(
      inner, rows: all.count, numbers.extracting(memory.map.range(.before, all)),
      numbers.extracting(memory.map.range(innerAdjoints, all)), into: &gradient)
  }

  /// ∂/∂ inputs, [place × input].
  private func inputAdjoints(_ θ: Parameters, _ rows: Int, in memory: borrowing RecurrentWorkspace) -> [Float]
  {
    var adjoints = memory.inputAdjoints
    var weights = Array(repeating: Float(0), count: outer.inputs * outer.outputs)
    var dx = adjoints.mutableSpan
    var room = weights.mutableSpan
    Kernels.affineAdjoint(
      outer, rows: rows, memory.numbers.span.extracting(memory.map.range(.gateAdjoints, 0..<rows)),
      θ.values.span, room: &room, into: &dx)
    return adjoints
  }

  /// The inputs' adjoints, in the order of the rows.
  func spreadInputAdjoints(in memory: borrowing RecurrentWorkspace, into dx: inout MutableSpan<Float>) {
    let size = outer.inputs
    for (place, row) in memory.order.rows.enumerated() {
      for k in 0..<size { dx[row * size + k] = memory.inputAdjoints[place * size + k] }
    }
  }

  /// The derivative of the results along a direction v of the parameters, and one of the inputs, if they have any.
  func tangent(
    _ θ: Parameters, along v: Span<Float>, inputs tangents: Span<Float>?,
    in memory: inout RecurrentWorkspace
  ) {
    let all = 0..<memory.order.rows.count
    Kernels.multiplyInputs(self, rows: all.count, v, into: .gateTangents, in: &memory)
    if let tangents {
      let size = outer.inputs
      for (place, row) in memory.order.rows.enumerated() {
        for k in 0..<size { memory.inputAdjoints[place * size + k] = tangents[row * size + k] }
      }
      var through = Array(repeating: Float(0), count: all.count * outer.outputs)
      var room = through.mutableSpan
      Kernels.product(outer, rows: all.count, memory.inputAdjoints.span, θ.values.span, into: &room)
      for (k, index) in memory.map.range(.gateTangents, all).enumerated() {
        memory.numbers[index] += through[k]
      }
    }
    for time in 0..<memory.order.length {
      let places = memory.order.places(at: time)
      if time == 0 {
        memory.clear(.beforeTangents, places)
        memory.clear(.cellsBeforeTangents, places)
      } else {
        let earlier = memory.order.starts[time - 1]..<memory.order.starts[time - 1] + places.count
        memory.copy(.outputTangents, earlier, to: .beforeTangents, places.lowerBound)
        if cell == .lstm {
          memory.copy(.cellTangents, earlier, to: .cellsBeforeTangents, places.lowerBound)
        }
      }
      Kernels.tangent(self, at: places, θ.values.span, along: v, in: &memory)
    }
    for (row, place) in memory.order.places.enumerated() {
      let index = memory.map.index(.outputTangents, place)
      for k in 0..<units { memory.resultTangents[row * units + k] = memory.numbers[index + k] }
    }
  }
}
