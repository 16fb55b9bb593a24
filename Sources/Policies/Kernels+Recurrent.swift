internal import CKernels

// The steps of recurrent layers: the product with what is remembered, and the cell.
extension Kernels {
  /// The products of all inputs with the outer weights, bias included, into a region.
  static func multiplyInputs(
    _ layer: RecurrentLayer, rows: Int, _ weights: Span<Float>, into region: RecurrentWorkspace.Region,
    in memory: inout RecurrentWorkspace
  ) {
    let (map, outer, inputs) = (memory.map, layer.outer, memory.inputs)
    unsafe memory.numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe inputs.withUnsafeBufferPointer { x in
        unsafe weights.withUnsafeBufferPointer { w in
          guard let base = numbers.baseAddress, let x = x.baseAddress, let w = w.baseAddress else { return }
          unsafe ckernels_affine(
            .automatic, rows, outer.inputs, outer.outputs, x, w + outer.weight, w + outer.bias,
            base + map.index(region, 0))
        }
      }
    }
  }

  /// From the inputs' products and the state before, at some places, to the state after.
  static func advance(
    _ layer: RecurrentLayer, at places: Range<Int>, _ θ: Span<Float>, in memory: inout RecurrentWorkspace
  ) {
    let (n, map, inner) = (layer.units, memory.map, layer.inner)
    unsafe memory.numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe θ.withUnsafeBufferPointer { θ in
        guard let base = numbers.baseAddress, let θ = θ.baseAddress else { return }
        let at = unsafe Places(base: base, map: map, place: places.lowerBound)
        unsafe ckernels_affine(
          .automatic, places.count, inner.inputs, inner.outputs, at[.before], θ + inner.weight,
          θ + inner.bias, at[.inner])
        switch layer.cell {
        case .gru:
          var step = unsafe ckernels_gru_step(
            gates: at[.gates], inner: at[.inner], before: at[.before], after: at[.outputs])
          unsafe ckernels_gru(.automatic, places.count, n, &step)
        case .lstm:
          var step = unsafe ckernels_lstm_step(
            gates: at[.gates], inner: at[.inner], cells_before: at[.cellsBefore], cells: at[.cells],
            shown: at[.shown], after: at[.outputs])
          unsafe ckernels_lstm(.automatic, places.count, n, &step)
        }
      }
    }
  }

  /// The adjoint of ``advance(_:at:_:in:)``: what comes back from later steps is the carry, as it was and as it becomes;
  /// `transposed` has the inner weights.
  static func retreat(
    _ layer: RecurrentLayer, at places: Range<Int>, _ transposed: Span<Float>,
    in memory: inout RecurrentWorkspace
  ) {
    let (n, map, inner) = (layer.units, memory.map, layer.inner)
    unsafe memory.numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe transposed.withUnsafeBufferPointer { transposed in
        guard let base = numbers.baseAddress, let w = transposed.baseAddress else { return }
        let at = unsafe Places(base: base, map: map, place: places.lowerBound)
        let carry = unsafe Places(base: base, map: map, place: 0)
        switch layer.cell {
        case .gru:
          var step = unsafe ckernels_gru_adjoint_step(
            gates: at[.gates], inner: at[.inner], before: at[.before], dafter: at[.outputAdjoints],
            dbefore: carry[.carry], dgates: at[.gateAdjoints], dinner: at[.innerAdjoints])
          unsafe ckernels_gru_adjoint(.automatic, places.count, n, &step)
        case .lstm:
          var step = unsafe ckernels_lstm_adjoint_step(
            gates: at[.gates], cells_before: at[.cellsBefore], shown: at[.shown],
            dafter: at[.outputAdjoints], dbefore: carry[.carry], dcells: carry[.cellCarry],
            dgates: at[.gateAdjoints])
          unsafe ckernels_lstm_adjoint(.automatic, places.count, n, &step)
        }
        let adjoints = unsafe at[layer.innerAdjoints]
        unsafe ckernels_affine(
          .automatic, places.count, inner.outputs, inner.inputs, adjoints, w, nil, carry[.room])
        unsafe ckernels_add(.automatic, places.count * n, carry[.room], carry[.carry])
      }
    }
  }

  /// The derivative of ``advance(_:at:_:in:)`` along a direction v of the parameters; the tangents of the gates' inputs and
  /// of the state before are there.
  static func tangent(
    _ layer: RecurrentLayer, at places: Range<Int>, _ θ: Span<Float>, along v: Span<Float>,
    in memory: inout RecurrentWorkspace
  ) {
    let (n, map, inner) = (layer.units, memory.map, layer.inner)
    unsafe memory.numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe θ.withUnsafeBufferPointer { θ in
        unsafe v.withUnsafeBufferPointer { v in
          guard let base = numbers.baseAddress, let θ = θ.baseAddress, let v = v.baseAddress else { return }
          let at = unsafe Places(base: base, map: map, place: places.lowerBound)
          let (rows, width) = (places.count, inner.outputs)
          unsafe ckernels_affine(
            .automatic, rows, n, width, at[.before], v + inner.weight, v + inner.bias, at[.innerTangents])
          unsafe ckernels_affine(
            .automatic, rows, n, width, at[.beforeTangents], θ + inner.weight, nil, at[.innerAdjoints])
          unsafe ckernels_add(.automatic, rows * width, at[.innerAdjoints], at[.innerTangents])
          switch layer.cell {
          case .gru:
            var step = unsafe ckernels_gru_tangent_step(
              gates: at[.gates], inner: at[.inner], before: at[.before], tgates: at[.gateTangents],
              tinner: at[.innerTangents], tbefore: at[.beforeTangents], tafter: at[.outputTangents])
            unsafe ckernels_gru_tangent(.automatic, rows, n, &step)
          case .lstm:
            var step = unsafe ckernels_lstm_tangent_step(
              gates: at[.gates], cells_before: at[.cellsBefore], shown: at[.shown],
              tgates: at[.gateTangents], tinner: at[.innerTangents],
              tcells_before: at[.cellsBeforeTangents], tcells: at[.cellTangents],
              tafter: at[.outputTangents])
            unsafe ckernels_lstm_tangent(.automatic, rows, n, &step)
          }
        }
      }
    }
  }

  /// Where the regions of a recurrent layer's memory are at one place.
  @safe private struct Places {
    let base: UnsafeMutablePointer<Float>
    let map: RecurrentWorkspace.Map
    let place: Int

    subscript(region: RecurrentWorkspace.Region) -> UnsafeMutablePointer<Float> {
      unsafe base + map.index(region, place)
    }
  }

  /// wᵀ of an affine layer.
  static func transpose(_ layer: Layer, _ θ: Span<Float>, into room: inout MutableSpan<Float>) {
    unsafe θ.withUnsafeBufferPointer { θ in
      unsafe room.withUnsafeMutableBufferPointer { room in
        guard let θ = θ.baseAddress, let room = room.baseAddress else { return }
        unsafe ckernels_transpose(layer.inputs, layer.outputs, θ + layer.weight, room)
      }
    }
  }
}
