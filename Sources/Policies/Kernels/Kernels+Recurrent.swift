internal import AscentMathematics
internal import CAscentKernels

// The steps of recurrent layers: the product with the previous state, and the cell.
extension Kernels {
  /// Writes the products of all inputs with the outer weights, plus the bias, into a region.
  static func multiplyInputs(
    _ layer: RecurrentLayer, rows: Int, _ weights: Span<Float>, into region: RecurrentWorkspace.Region,
    in memory: inout RecurrentWorkspace
  ) {
    let (outer, inputs) = (layer.outer, memory.inputs)
    Require.count(inputs.count, of: "inputs of a layer", atLeast: rows * outer.inputs)
    unsafe inputs.withUnsafeBufferPointer { x in
      guard let x = x.baseAddress else { return }
      unsafe memory.with(layer, upTo: rows, weights, atLeast: outer.end) { at, w in
        unsafe ckernels_affine(
          .automatic, rows, outer.inputs, outer.outputs, x, w + outer.weight, w + outer.bias, at[region, 0])
      }
    }
  }

  /// Computes the states at some positions from the inputs' products and the previous states.
  static func advance(
    _ layer: RecurrentLayer, at positions: Range<Int>, _ θ: Span<Float>, in memory: inout RecurrentWorkspace
  ) {
    let (n, first, inner) = (layer.units, positions.lowerBound, layer.inner)
    unsafe memory.with(layer, upTo: positions.upperBound, θ, atLeast: inner.end) { at, θ in
      unsafe ckernels_affine(
        .automatic, positions.count, inner.inputs, inner.outputs, at[.before, first], θ + inner.weight,
        θ + inner.bias, at[.inner, first])
      switch layer.cell {
      case .gru:
        var step = unsafe ckernels_gru_step(
          gates: at[.gates, first], inner: at[.inner, first], before: at[.before, first],
          after: at[.outputs, first])
        unsafe ckernels_gru(.automatic, positions.count, n, &step)
      case .lstm:
        var step = unsafe ckernels_lstm_step(
          gates: at[.gates, first], inner: at[.inner, first], cells_before: at[.cellsBefore, first],
          cells: at[.cells, first], shown: at[.shown, first], after: at[.outputs, first])
        unsafe ckernels_lstm(.automatic, positions.count, n, &step)
      }
    }
  }

  /// The adjoint of ``advance(_:at:_:in:)``.
  ///
  /// The carry regions contain the adjoints from later steps; each call replaces them with those for earlier steps.
  /// `transposed` has the transposed inner weights.
  static func retreat(
    _ layer: RecurrentLayer, at positions: Range<Int>, _ transposed: Span<Float>,
    in memory: inout RecurrentWorkspace
  ) {
    let (n, first, inner) = (layer.units, positions.lowerBound, layer.inner)
    let size = inner.inputs * inner.outputs
    unsafe memory.with(layer, upTo: positions.upperBound, transposed, atLeast: size) { at, w in
      switch layer.cell {
      case .gru:
        var step = unsafe ckernels_gru_adjoint_step(
          gates: at[.gates, first], inner: at[.inner, first], before: at[.before, first],
          dafter: at[.outputAdjoints, first], dbefore: at[.carry, 0], dgates: at[.gateAdjoints, first],
          dinner: at[.innerAdjoints, first])
        unsafe ckernels_gru_adjoint(.automatic, positions.count, n, &step)
      case .lstm:
        var step = unsafe ckernels_lstm_adjoint_step(
          gates: at[.gates, first], cells_before: at[.cellsBefore, first], shown: at[.shown, first],
          dafter: at[.outputAdjoints, first], dbefore: at[.carry, 0], dcells: at[.cellCarry, 0],
          dgates: at[.gateAdjoints, first])
        unsafe ckernels_lstm_adjoint(.automatic, positions.count, n, &step)
      }
      unsafe ckernels_affine(
        .automatic, positions.count, inner.outputs, inner.inputs, at[layer.innerAdjoints, first], w, nil,
        at[.room, 0])
      unsafe ckernels_add(.automatic, positions.count * n, at[.room, 0], at[.carry, 0])
    }
  }

  /// The derivative of ``advance(_:at:_:in:)`` along a direction v of the parameters.
  ///
  /// The tangents of the gates' inputs and of the previous state must have been written before the call.
  static func tangent(
    _ layer: RecurrentLayer, at positions: Range<Int>, _ θ: Span<Float>, along v: Span<Float>,
    in memory: inout RecurrentWorkspace
  ) {
    let (n, first, inner) = (layer.units, positions.lowerBound, layer.inner)
    let (rows, width) = (positions.count, inner.outputs)
    Require.count(v.count, of: "direction", atLeast: inner.end)
    unsafe v.withUnsafeBufferPointer { v in
      guard let v = v.baseAddress else { return }
      unsafe memory.with(layer, upTo: positions.upperBound, θ, atLeast: inner.end) { at, θ in
        unsafe ckernels_affine(
          .automatic, rows, n, width, at[.before, first], v + inner.weight, v + inner.bias,
          at[.innerTangents, first])
        // The adjoints' region is unused in this pass and serves as scratch memory.
        unsafe ckernels_affine(
          .automatic, rows, n, width, at[.beforeTangents, first], θ + inner.weight, nil,
          at[.innerAdjoints, first])
        unsafe ckernels_add(
          .automatic, rows * width, at[.innerAdjoints, first], at[.innerTangents, first])
        switch layer.cell {
        case .gru:
          var step = unsafe ckernels_gru_tangent_step(
            gates: at[.gates, first], inner: at[.inner, first], before: at[.before, first],
            tgates: at[.gateTangents, first], tinner: at[.innerTangents, first],
            tbefore: at[.beforeTangents, first], tafter: at[.outputTangents, first])
          unsafe ckernels_gru_tangent(.automatic, rows, n, &step)
        case .lstm:
          var step = unsafe ckernels_lstm_tangent_step(
            gates: at[.gates, first], cells_before: at[.cellsBefore, first], shown: at[.shown, first],
            tgates: at[.gateTangents, first], tinner: at[.innerTangents, first],
            tcells_before: at[.cellsBeforeTangents, first], tcells: at[.cellTangents, first],
            tafter: at[.outputTangents, first])
          unsafe ckernels_lstm_tangent(.automatic, rows, n, &step)
        }
      }
    }
  }

  /// Writes the transpose of an affine layer's weights.
  static func transpose(_ layer: AffineShape, _ θ: Span<Float>, into room: inout MutableSpan<Float>) {
    Require.count(θ.count, of: "parameters of a layer", atLeast: layer.bias)
    Require.count(room.count, of: "memory for the transpose", atLeast: layer.inputs * layer.outputs)
    unsafe θ.withUnsafeBufferPointer { θ in
      unsafe room.withUnsafeMutableBufferPointer { room in
        guard let θ = θ.baseAddress, let room = room.baseAddress else { return }
        unsafe ckernels_transpose(layer.inputs, layer.outputs, θ + layer.weight, room)
      }
    }
  }
}

/// Pointers to the regions of a recurrent layer's workspace.
@safe private struct Regions {
  let base: UnsafeMutablePointer<Float>
  let map: RecurrentWorkspace.Map

  subscript(region: RecurrentWorkspace.Region, position: Int) -> UnsafeMutablePointer<Float> {
    unsafe base + map.index(region, position)
  }
}

extension RecurrentWorkspace {
  /// Calls `body` with pointers to the regions of a layer and to some weights; it uses positions below `end`.
  fileprivate mutating func with(
    _ layer: RecurrentLayer, upTo end: Int, _ weights: Span<Float>, atLeast count: Int,
    _ body: (Regions, UnsafePointer<Float>) -> Void
  ) {
    Require.count(weights.count, of: "weights of a recurrent layer", atLeast: count)
    Require.that(
      belongs(to: layer) && end <= positions,
      "a recurrent layer needs a workspace of its own with memory for all rows")
    let map = map
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe weights.withUnsafeBufferPointer { weights in
        guard let base = numbers.baseAddress, let weights = weights.baseAddress else { return }
        unsafe body(Regions(base: base, map: map), weights)
      }
    }
  }
}
