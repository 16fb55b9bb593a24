internal import AscentMathematics
internal import AscentRandomness

/// One layer of a network: y = f(z), where z is a function of the layer's input x and its parameters θ.
///
/// A layer is an immutable value whose parameters are slices of the flat vector. Each call receives the
/// ``LayerWorkspace`` that it reads and writes.
protocol Layer: Sendable {
  /// Floats in one row of y.
  var outputSize: Int { get }
  /// f, or nil if y = z.
  var activation: Activation? { get }
  /// False if it only rearranges its input.
  var hasParameters: Bool { get }
  /// True if rows are the steps of sequences; the sequences' lead rows are dropped from its output.
  var isRecurrent: Bool { get }
  /// Its slices of the flat parameter vector.
  var parts: [Parameters.Slice] { get }
  /// Floats per row in the workspace, used to choose how many rows are evaluated at once; 0 for a recurrent layer.
  var workspaceSize: Int { get }
  /// The number of multiplications in one row's forward pass; 0 for a recurrent layer.
  var multiplications: Int { get }

  /// Makes an empty workspace.
  func makeWorkspace() -> LayerWorkspace

  /// Allocates memory for at least `rows` input rows.
  func reserve(_ rows: Int, in own: inout LayerWorkspace)

  /// Computes y.
  func forward(_ θ: Span<Float>, on x: Span<Float>, _ rows: LayerRows, in own: inout LayerWorkspace)

  /// ĝ += ∂z/∂θ · ∂/∂z for the rows of the last forward pass, with ∂/∂z in the workspace.
  func accumulateAdjoint(
    _ θ: Span<Float>, on x: Span<Float>, in own: inout LayerWorkspace, into gradient: inout MutableSpan<Float>
  )

  /// Writes ∂/∂z of the layer below, whose y is this layer's x; called after ``accumulateAdjoint(_:on:in:into:)``.
  func passDown(
    _ θ: Span<Float>, to below: LayerBelow, in own: inout LayerWorkspace, _ scratch: inout LayerScratch,
    into adjoints: inout [Float])

  /// Writes the derivative of y along a direction v of the parameters; `tangents` is that of x, nil in the first layer.
  func tangent(
    _ θ: Span<Float>, along v: Span<Float>, on x: Span<Float>, _ tangents: [Float]?,
    in own: inout LayerWorkspace, _ scratch: inout LayerScratch)
}

/// The numbers of rows that a layer receives and returns.
struct LayerRows {
  var inputs = 0, outputs = 0
  /// The sequences that the rows belong to, for a recurrent layer.
  var sequences: Sequences?
}

/// The layer below another one, for the adjoint pass.
struct LayerBelow {
  /// Its y.
  let outputs: [Float]
  /// The values that its activation's derivative is computed from: y or z.
  let known: [Float]
  let activation: Activation?
  let outputSize: Int
}

/// The workspace of one layer.
struct LayerWorkspace {
  /// The rows of the last forward pass.
  var rows = LayerRows()
  /// y, [row × output].
  var outputs: [Float] = []
  /// ∂/∂z, [row × output]; allocated on first use.
  var adjoints: [Float] = []
  /// The derivative of y along a direction; allocated on first use.
  var tangents: [Float] = []
  /// z, if the activation's derivative is computed from it.
  var preactivations: [Float] = []
  /// The pictures that a convolution reads as bytes, in place of its input; nil if it reads floats.
  var pixels: Pixels?
  /// Room for pictures that are converted.
  var images: [Float] = []
  /// The additional workspace of a recurrent layer.
  var recurrent: RecurrentWorkspace?
  /// The workspaces of the convolutions of each input, in an input layer.
  var branches: [Branch] = []

  /// The input and the workspace of one chain of convolutions.
  struct Branch {
    var input: [Float] = []
    var network: NetworkWorkspace
  }

  /// The values that the activation's derivative is computed from.
  func known(_ activation: Activation?) -> [Float] {
    activation?.needsInputs ?? false ? preactivations : outputs
  }

  /// Moves the pictures out, so that other buffers can be written while they are read.
  mutating func takePictures(_ rows: Int) -> PictureRows {
    defer { (pixels, images) = (nil, []) }
    return PictureRows(rows: rows, room: images, pixels: pixels)
  }

  /// Takes the pictures back.
  mutating func giveBack(_ pictures: PictureRows) { (images, pixels) = (pictures.room, pictures.pixels) }
}

/// Scratch memory that the layers of a network use one after the other.
struct LayerScratch {
  /// ∂/∂ patches of some pictures.
  var patches: [Float] = []
  /// One layer's outputs.
  var outputs: [Float] = []

  static func grow(_ array: inout [Float], _ count: Int) {
    if array.count < count { array = Array(repeating: 0, count: count) }
  }
}

extension Layer {
  /// True.
  var hasParameters: Bool { true }

  /// False.
  var isRecurrent: Bool { false }

  /// Makes an empty workspace.
  func makeWorkspace() -> LayerWorkspace { LayerWorkspace() }

  /// Applies f to z in place; copies z first if the derivative needs it.
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
