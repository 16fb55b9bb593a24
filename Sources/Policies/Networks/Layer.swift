internal import Mathematics
internal import Randomness

/// One layer of a network: y = f(z), where z depends on the layer's input x and on its parameters θ.
///
/// A layer is a value; what it works in is the ``LayerWorkspace`` that it is handed. Its parameters are parts of a flat vector.
protocol Layer: Sendable {
  /// Floats of one row's y.
  var outputSize: Int { get }
  /// f, or nil if y = z.
  var activation: Activation? { get }
  /// Whether rows follow each other in it; the leads of sequences end in it.
  var isRecurrent: Bool { get }
  /// Its parts of the flat vector.
  var parts: [Parameters.Slice] { get }
  /// Floats of one row's memory in the workspace, counted for how many rows are evaluated at once; 0 for a recurrent layer.
  var workspaceSize: Int { get }
  /// Multiplications of one row's forward pass; 0 for a recurrent layer.
  var multiplications: Int { get }

  /// Makes a workspace without rows.
  func makeWorkspace() -> LayerWorkspace

  /// Makes room for so many rows of input.
  func reserve(_ rows: Int, in own: inout LayerWorkspace)

  /// Writes y.
  func forward(_ θ: Span<Float>, on x: Span<Float>, _ rows: LayerRows, in own: inout LayerWorkspace)

  /// ĝ += ∂z/∂θ · ∂/∂z, with ∂/∂z in the workspace, for the rows of the last forward pass.
  func accumulateAdjoint(
    _ θ: Span<Float>, on x: Span<Float>, in own: inout LayerWorkspace, into gradient: inout MutableSpan<Float>
  )

  /// Writes ∂/∂z of the layer below, whose y is x, after ``accumulateAdjoint(_:on:in:into:)``.
  func passDown(
    _ θ: Span<Float>, to below: LayerBelow, in own: inout LayerWorkspace, _ scratch: inout LayerScratch,
    into adjoints: inout [Float])

  /// Writes the derivative of y along a direction v of the parameters; `tangents` is that of x, if x has one.
  func tangent(
    _ θ: Span<Float>, along v: Span<Float>, on x: Span<Float>, _ tangents: [Float]?,
    in own: inout LayerWorkspace, _ scratch: inout LayerScratch)
}

/// How many rows a layer takes, and how many it gives.
struct LayerRows {
  var inputs = 0, outputs = 0
  /// Which rows follow each other, for a recurrent layer.
  var sequences: Sequences?
}

/// The layer below another one, as the adjoint sees it.
struct LayerBelow {
  /// Its y.
  let outputs: [Float]
  /// What its activation's derivative is worked out from: its y or its z.
  let known: [Float]
  let activation: Activation?
  let outputSize: Int
}

/// The memory that one layer works in.
struct LayerWorkspace {
  /// The rows of the last forward pass.
  var rows = LayerRows()
  /// y, [row × output].
  var outputs: [Float] = []
  /// ∂/∂z, [row × output].
  var adjoints: [Float] = []
  /// The derivative of y along a direction; made when it is first asked for.
  var tangents: [Float] = []
  /// z, where an activation's derivative is worked out from it.
  var preactivations: [Float] = []
  /// The patches that a convolution looked at.
  var patches: [Float] = []
  /// What a recurrent layer needs beside.
  var recurrent: RecurrentWorkspace?

  /// What an activation's derivative is worked out from.
  func known(_ activation: Activation?) -> [Float] {
    activation?.needsInputs ?? false ? preactivations : outputs
  }
}

/// Memory that layers use one after the other.
struct LayerScratch {
  /// The transpose of one layer's weights.
  var transposed: [Float] = []
  /// ∂/∂ patches, and their tangents.
  var patches: [Float] = []
  /// One layer's outputs.
  var outputs: [Float] = []

  static func grow(_ array: inout [Float], _ count: Int) {
    if array.count < count { array = Array(repeating: 0, count: count) }
  }
}

extension Layer {
  /// False.
  var isRecurrent: Bool { false }

  /// An empty one.
  func makeWorkspace() -> LayerWorkspace { LayerWorkspace() }

  /// f, applied to z in place; z is copied where the derivative needs it.
  func activate(_ count: Int, in own: inout LayerWorkspace, isFused: Bool) {
    guard let activation, !isFused else { return }
    if activation.needsInputs {
      LayerScratch.grow(&own.preactivations, count)
      for k in 0..<count { own.preactivations[k] = own.outputs[k] }
    }
    own.outputs.withMutableSpan { activation.apply(count, &$0) }
  }

  /// t ← t f′(z), where t is a derivative of z.
  func activateTangent(_ count: Int, in own: inout LayerWorkspace) {
    guard let activation else { return }
    let known = own.known(activation)
    own.tangents.withMutableSpan { activation.applyAdjoint(count, known.span, &$0) }
  }
}

extension LayerBelow {
  /// d ← d f′(z), where d is ∂/∂y.
  func activateAdjoint(_ rows: Int, _ adjoints: inout [Float]) {
    guard let activation else { return }
    var d = adjoints.mutableSpan
    activation.applyAdjoint(rows * outputSize, known.span, &d)
  }
}
