internal import AscentMathematics
internal import AscentRandomness

/// The offsets of the weights and the bias of z = b + x w in the flat parameter vector.
struct AffineShape: Sendable, Equatable {
  /// Floats in one row of x and of z.
  var inputs, outputs: Int
  /// The index of w, [input × output].
  var weight: Int

  init(inputs: Int, outputs: Int, weight: Int) {
    (self.inputs, self.outputs, self.weight) = (inputs, outputs, weight)
  }

  /// The index of b, which comes after w.
  var bias: Int { weight + inputs * outputs }
  /// The index after b.
  var end: Int { bias + outputs }

  /// The slices of the parameter vector, with names that begin with `name`.
  func slices(_ name: String) -> [Parameters.Slice] {
    [
      Parameters.Slice("\(name).weight", shape: [inputs, outputs], at: weight),
      Parameters.Slice("\(name).bias", shape: [outputs], at: bias),
    ]
  }
}

/// y = f(b + x w).
struct AffineLayer: Layer {
  let shape: AffineShape
  let activation: Activation?
  let name: String

  var outputSize: Int { shape.outputs }
  var parts: [Parameters.Slice] { shape.slices(name) }
  var workspaceSize: Int { 3 * shape.outputs }
  var multiplications: Int { shape.inputs * shape.outputs }

  func reserve(_ rows: Int, in own: inout LayerWorkspace) {
    own.outputs = Array(repeating: 0, count: rows * shape.outputs)
  }

  func forward(_ θ: Span<Float>, on x: Span<Float>, _ rows: LayerRows, in own: inout LayerWorkspace) {
    own.rows = rows
    let isFused = activation?.isFused ?? false
    own.outputs.withMutableSpan { y in
      Kernels.affine(shape, rows: rows.outputs, x, θ, takingTanh: isFused, into: &y)
    }
    activate(rows.outputs * outputSize, in: &own, isFused: isFused)
  }

  func accumulateAdjoint(
    _ θ: Span<Float>, on x: Span<Float>, in own: inout LayerWorkspace, into gradient: inout MutableSpan<Float>
  ) {
    Kernels.affineAdjoint(shape, rows: own.rows.outputs, x, own.adjoints.span, into: &gradient)
  }

  func passDown(
    _ θ: Span<Float>, to below: LayerBelow, in own: inout LayerWorkspace, _ scratch: inout LayerScratch,
    into adjoints: inout [Float]
  ) {
    let isFused = below.activation?.isFused ?? false
    var dx = adjoints.mutableSpan
    Kernels.affineInputAdjoint(
      shape, rows: own.rows.inputs, own.adjoints.span, θ, throughTanh: isFused ? below.outputs.span : nil,
      into: &dx)
    if !isFused { below.activateAdjoint(own.rows.inputs, &adjoints) }
  }

  /// Writes t = f′(z) (t(x) w + x v_w + v_b).
  func tangent(
    _ θ: Span<Float>, along v: Span<Float>, on x: Span<Float>, _ tangents: [Float]?,
    in own: inout LayerWorkspace, _ scratch: inout LayerScratch
  ) {
    let (rows, count) = (own.rows.outputs, own.rows.outputs * outputSize)
    LayerScratch.grow(&own.tangents, count)
    own.tangents.withMutableSpan { Kernels.affine(shape, rows: rows, x, v, into: &$0) }
    if let tangents {
      LayerScratch.grow(&scratch.outputs, count)
      scratch.outputs.withMutableSpan { Kernels.product(shape, rows: rows, tangents.span, θ, into: &$0) }
      own.tangents.withMutableSpan {
        ParameterUpdate.add(scratch.outputs.span.extracting(0..<count), to: &$0)
      }
    }
    activateTangent(count, in: &own)
  }
}
