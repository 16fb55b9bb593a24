internal import Mathematics
internal import Randomness

/// A network: convolutions if the input is an image, a recurrent layer if it has a memory, then affine layers.
///
/// Every layer but the recurrent one and the last one has the activation function. The parameters are parts of a flat vector.
public struct Network: Sendable {
  /// Its part of the flat vector.
  public let range: Range<Int>
  let layers: [any Layer]
  /// The recurrent layer among the layers.
  let recurrent: RecurrentLayer?
  /// The affine maps whose weights are drawn like each other: those of convolutions and affine layers, the last one the head.
  private let maps: [AffineShape]

  /// An image as the first layers see it, [row × column × channel].
  public struct Image: Sendable, Equatable {
    /// Its extents.
    public var height, width, channels: Int

    /// Describes an image.
    public init(height: Int, width: Int, channels: Int) {
      (self.height, self.width, self.channels) = (height, width, channels)
    }
  }

  /// One convolution without padding.
  public struct Convolution: Sendable, Equatable {
    /// The number of filters, the side of their square, and how far they move.
    public var filters, side, stride: Int

    /// Describes a convolution.
    public init(filters: Int, side: Int, stride: Int) {
      (self.filters, self.side, self.stride) = (filters, side, stride)
    }
  }

  /// Where a network lies: its name, and where its parameters and its recurrent state begin.
  struct Position {
    /// The first word of its parameters' names.
    let name: String
    /// The index of its first parameter.
    let parameter: Int
    /// The index of its recurrent layer's first number in the policy's state.
    let state: Int
  }

  /// Makes the network that an architecture describes.
  ///
  /// - Throws: ``PolicyError`` unless all widths are from 1 to 16,777,216 and the image is large enough.
  init(
    _ architecture: Architecture, inputs: Int, outputs: Int, at position: Position
  ) throws(PolicyError) {
    let widths = architecture.hidden + [outputs]
    for width in [inputs] + widths where !(1...16_777_216).contains(width) {
      throw .size(what: "width of a layer", found: width, allowed: "from 1 to 16,777,216")
    }
    var (layers, maps) = ([any Layer](), [AffineShape]())
    var (next, width) = (position.parameter, inputs)
    func name() -> String { "\(position.name).\(maps.count)" }
    if var image = architecture.image {
      for convolution in architecture.convolutions {
        let layer = try ConvolutionLayer(
          convolution, on: image, weight: next, activation: architecture.activation, name: name())
        (image, next, width) = (layer.image, layer.shape.end, layer.outputSize)
        layers.append(layer)
        maps.append(layer.shape)
      }
    }
    var recurrent: RecurrentLayer?
    if let recurrence = architecture.recurrence {
      let layer = RecurrentLayer(
        recurrence, inputs: width, weight: next, stateStart: position.state, name: position.name)
      (next, width, recurrent) = (layer.end, layer.units, layer)
      layers.append(layer)
    }
    for (k, outputs) in widths.enumerated() {
      let shape = AffineShape(inputs: width, outputs: outputs, weight: next)
      layers.append(
        AffineLayer(
          shape: shape, activation: k < widths.count - 1 ? architecture.activation : nil, name: name()))
      maps.append(shape)
      (next, width) = (shape.end, outputs)
    }
    (self.layers, self.maps, self.recurrent, range) = (layers, maps, recurrent, position.parameter..<next)
  }

  private var head: AffineShape { maps[maps.count - 1] }

  /// Floats of one row's outputs.
  var outputSize: Int { head.outputs }

  /// The width of the last layer before the outputs.
  var latentSize: Int { head.inputs }

  /// The names and positions of its parameters.
  var slices: [Parameters.Slice] { layers.flatMap(\.parts) }

  /// Multiplications that an update makes for one row: the products of every affine map forwards, for the weights'
  /// derivative, and, behind the first layer, for that of the layer below.
  var multiplicationsPerUpdate: Int {
    layers.enumerated().reduce(0) { $0 + ($1.offset == 0 ? 2 : 3) * $1.element.multiplications }
  }

  // MARK: The beginning

  /// Draws orthogonal weights, of gain √2 before an activation and `headGains` in the last layer, one gain for
  /// each group of outputs, biases 0; or everything uniform.
  func initialize(
    _ θ: inout Parameters, _ scheme: Initialization, headGains: [(outputs: Int, gain: Double)],
    from stream: RandomStream
  ) {
    recurrent?.initialize(&θ, scheme, from: stream)
    guard scheme == .orthogonal else {
      for map in maps {
        let numbers = Initialization.uniform(map.end - map.weight, inputs: map.inputs, from: stream)
        θ.values.replaceSubrange(map.weight..<map.end, with: numbers)
      }
      return
    }
    for map in maps.dropLast() {
      let weights = Initialization.orthogonal(
        rows: map.inputs, columns: map.outputs, gain: 2.0.squareRoot(), from: stream)
      θ.values.replaceSubrange(map.weight..<map.bias, with: weights)
    }
    var first = 0
    for (outputs, gain) in headGains where outputs > 0 {
      let weights = Initialization.orthogonal(
        rows: head.inputs, columns: outputs, gain: gain, from: stream)
      for i in 0..<head.inputs {
        for j in 0..<outputs {
          θ.values[head.weight + i * head.outputs + first + j] = weights[i * outputs + j]
        }
      }
      first += outputs
    }
  }

  // MARK: Passes

  /// Writes y of every layer into the workspace.
  ///
  /// A recurrent layer takes the rows of the leads, too, and gives those that are evaluated.
  func forward(
    _ θ: Parameters, on x: Span<Float>, _ rows: LayerRows, in workspace: inout NetworkWorkspace
  ) {
    workspace.reserve(rows.inputs)
    var flow = LayerRows(inputs: rows.inputs, outputs: rows.inputs)
    for l in layers.indices {
      if layers[l].isRecurrent { flow = rows }
      if l == 0 {
        layers[l].forward(θ.values.span, on: x, flow, in: &workspace.layers[0])
      } else {
        let below = workspace.layers[l - 1].outputs
        layers[l].forward(θ.values.span, on: below.span, flow, in: &workspace.layers[l])
      }
      flow = LayerRows(inputs: flow.outputs, outputs: flow.outputs)
    }
  }

  /// ĝ += Σ_row ∂/∂θ, given ∂/∂y of the last layer in the workspace, after ``forward(_:on:rows:_:in:)``.
  func accumulateAdjoint(
    _ θ: Parameters, on x: Span<Float>, in workspace: inout NetworkWorkspace,
    into gradient: inout MutableSpan<Float>
  ) {
    for l in layers.indices.reversed() {
      guard l > 0 else {
        return layers[0].accumulateAdjoint(θ.values.span, on: x, in: &workspace.layers[0], into: &gradient)
      }
      let input = workspace.layers[l - 1]
      let (outputs, activation) = (input.outputs, layers[l - 1].activation)
      layers[l].accumulateAdjoint(
        θ.values.span, on: outputs.span, in: &workspace.layers[l], into: &gradient)
      let below = LayerBelow(
        outputs: outputs, known: input.known(activation), activation: activation,
        outputSize: layers[l - 1].outputSize)
      // The buffer leaves the workspace while it is written, so that its neighbor can be read.
      var adjoints = workspace.layers[l - 1].adjoints
      workspace.layers[l - 1].adjoints = []
      layers[l].passDown(
        θ.values.span, to: below, in: &workspace.layers[l], &workspace.scratch, into: &adjoints)
      workspace.layers[l - 1].adjoints = adjoints
    }
  }

  /// Writes the derivative of the outputs along a direction v of the parameters, after ``forward(_:on:rows:_:in:)``.
  func tangent(
    _ θ: Parameters, along v: Span<Float>, on x: Span<Float>, in workspace: inout NetworkWorkspace
  ) {
    for (l, layer) in layers.enumerated() {
      guard l > 0 else {
        layer.tangent(
          θ.values.span, along: v, on: x, nil, in: &workspace.layers[0], &workspace.scratch)
        continue
      }
      let (below, tangents) = (workspace.layers[l - 1].outputs, workspace.layers[l - 1].tangents)
      layer.tangent(
        θ.values.span, along: v, on: below.span, tangents, in: &workspace.layers[l], &workspace.scratch)
    }
  }

  /// Copies the recurrent state that each lane's last row left, if there is any.
  func keepState(of lanes: [Int], in workspace: borrowing NetworkWorkspace, into memory: inout Memory) {
    guard let recurrent, let own = workspace.layers.first(where: { $0.recurrent != nil })?.recurrent else {
      return
    }
    for (row, lane) in lanes.enumerated() {
      recurrent.readState(of: row, in: own, into: &memory.states, at: memory.rows[lane])
    }
  }
}
