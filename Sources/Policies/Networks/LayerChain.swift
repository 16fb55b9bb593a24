/// Layers that are applied one after the other.
struct LayerChain: Sendable {
  let layers: [any Layer]
  /// The index of the first layer with parameters; a layer before it only rearranges the input.
  let first: Int

  init(_ layers: [any Layer]) {
    self.layers = layers
    first = layers.firstIndex { $0.hasParameters } ?? layers.count
  }

  /// Computes y of every layer.
  ///
  /// A recurrent layer receives the sequences' lead rows too, and returns only the rows that are evaluated.
  func forward(
    _ θ: Span<Float>, on x: Span<Float>, _ rows: LayerRows, in workspace: inout NetworkWorkspace
  ) {
    workspace.reserve(rows.inputs)
    var flow = LayerRows(inputs: rows.inputs, outputs: rows.inputs)
    for l in layers.indices {
      if layers[l].isRecurrent { flow = rows }
      if l == 0 {
        layers[l].forward(θ, on: x, flow, in: &workspace.layers[0])
      } else {
        let below = workspace.layers[l - 1].outputs
        layers[l].forward(θ, on: below.span, flow, in: &workspace.layers[l])
      }
      flow = LayerRows(inputs: flow.outputs, outputs: flow.outputs)
    }
  }

  /// ĝ += Σ_row ∂/∂θ, given ∂/∂z of the last layer in the workspace, after ``forward(_:on:_:in:)``.
  func accumulateAdjoint(
    _ θ: Span<Float>, on x: Span<Float>, in workspace: inout NetworkWorkspace,
    into gradient: inout MutableSpan<Float>
  ) {
    for l in (first..<layers.count).reversed() {
      guard l > 0 else {
        return layers[0].accumulateAdjoint(θ, on: x, in: &workspace.layers[0], into: &gradient)
      }
      let input = workspace.layers[l - 1]
      let (outputs, activation) = (input.outputs, layers[l - 1].activation)
      layers[l].accumulateAdjoint(θ, on: outputs.span, in: &workspace.layers[l], into: &gradient)
      guard l > first else { return }
      let below = LayerBelow(
        outputs: outputs, known: input.known(activation), activation: activation,
        outputSize: layers[l - 1].outputSize)
      // The buffer is moved out of the workspace while it is written, so that the neighboring layer can be read.
      var adjoints = workspace.layers[l - 1].adjoints
      workspace.layers[l - 1].adjoints = []
      layers[l].passDown(θ, to: below, in: &workspace.layers[l], &workspace.scratch, into: &adjoints)
      workspace.layers[l - 1].adjoints = adjoints
    }
  }

  /// Writes the derivative of the outputs along a direction v of the parameters, after ``forward(_:on:_:in:)``.
  func tangent(
    _ θ: Span<Float>, along v: Span<Float>, on x: Span<Float>, in workspace: inout NetworkWorkspace
  ) {
    for l in first..<layers.count {
      guard l > 0 else {
        layers[l].tangent(θ, along: v, on: x, nil, in: &workspace.layers[0], &workspace.scratch)
        continue
      }
      let below = workspace.layers[l - 1].outputs
      let tangents = l > first ? workspace.layers[l - 1].tangents : nil
      layers[l].tangent(
        θ, along: v, on: below.span, tangents, in: &workspace.layers[l], &workspace.scratch)
    }
  }
}
