internal import AscentMathematics

/// y = f(b + x w) as the first layer, where some columns of the rows are indices of one-hot vectors in x.
///
/// An index adds one row of w, and its gradient is added to that row. The chains of additions are those of
/// ``AffineLayer`` on the one-hot vectors without the terms 0 · w, which change nothing where w is finite (except that
/// −0 + 0 is 0).
struct IndexedAffineLayer: Layer {
  /// The affine map of the one-hot vectors.
  let shape: AffineShape
  let activation: Activation?
  let name: String
  private let blocks: [Block]
  /// Floats in one row of the observations.
  private let rowSize: Int

  /// The columns of one input, and their rows of w as a map of their own.
  private struct Block {
    let isIndex: Bool
    let columns: Rows
    let map: AffineShape
  }

  init(_ shape: AffineShape, on inputs: [Network.Input], activation: Activation?, name: String) {
    (self.shape, self.activation, self.name) = (shape, activation, name)
    let size = inputs.reduce(0) { $0 + $1.columns }
    var (column, weight) = (0, shape.weight)
    blocks = inputs.map { input in
      defer { (column, weight) = (column + input.columns, weight + input.width * shape.outputs) }
      return Block(
        isIndex: input.isIndex, columns: Rows(start: column, stride: size),
        map: AffineShape(inputs: input.width, outputs: shape.outputs, weight: weight))
    }
    rowSize = size
  }

  var outputSize: Int { shape.outputs }
  var parts: [Parameters.Slice] { shape.slices(name) }
  var workspaceSize: Int { 3 * shape.outputs }
  var multiplications: Int { rowSize * shape.outputs }

  func reserve(_ rows: Int, in own: inout LayerWorkspace) {
    own.outputs = Array(repeating: 0, count: rows * shape.outputs)
  }

  func forward(_ θ: Span<Float>, on x: Span<Float>, _ rows: LayerRows, in own: inout LayerWorkspace) {
    own.rows = rows
    own.outputs.withMutableSpan { multiply(θ, x, rows.outputs, into: &$0) }
    activate(rows.outputs * outputSize, in: &own, isFused: false)
  }

  /// y = b + x w.
  private func multiply(_ θ: Span<Float>, _ x: Span<Float>, _ rows: Int, into y: inout MutableSpan<Float>) {
    Columns(outputSize, rows: rows).copy(
      θ, Rows(start: shape.bias, stride: 0), into: &y, Rows(stride: outputSize))
    for block in blocks {
      if block.isIndex {
        Kernels.addRows(block.map, rows: rows, x, block.columns, θ, into: &y)
      } else {
        Kernels.addProduct(block.map, rows: rows, x, block.columns, θ, into: &y)
      }
    }
  }

  func accumulateAdjoint(
    _ θ: Span<Float>, on x: Span<Float>, in own: inout LayerWorkspace, into gradient: inout MutableSpan<Float>
  ) {
    let (rows, adjoints) = (own.rows.outputs, own.adjoints)
    for block in blocks {
      if block.isIndex {
        Kernels.addRowsAdjoint(block.map, rows: rows, x, block.columns, adjoints.span, into: &gradient)
      } else {
        Kernels.addProductAdjoint(block.map, rows: rows, x, block.columns, adjoints.span, into: &gradient)
      }
    }
    Kernels.accumulateRows(shape, rows: rows, adjoints.span, into: &gradient)
  }

  func passDown(
    _ θ: Span<Float>, to below: LayerBelow, in own: inout LayerWorkspace, _ scratch: inout LayerScratch,
    into adjoints: inout [Float]
  ) { preconditionFailure("an indexed layer has no layer below it") }

  /// Writes t = f′(z) (x v_w + v_b).
  func tangent(
    _ θ: Span<Float>, along v: Span<Float>, on x: Span<Float>, _ tangents: [Float]?,
    in own: inout LayerWorkspace, _ scratch: inout LayerScratch
  ) {
    let rows = own.rows.outputs
    LayerScratch.grow(&own.tangents, rows * outputSize)
    own.tangents.withMutableSpan { multiply(v, x, rows, into: &$0) }
    activateTangent(rows * outputSize, in: &own)
  }
}
