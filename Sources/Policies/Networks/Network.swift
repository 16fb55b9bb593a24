internal import Mathematics
internal import Randomness

/// A network: convolutions if the input is an image, a recurrent layer if it has a memory, then affine layers.
///
/// All layers except the recurrent one and the last one apply the activation function. The parameters are slices of a
/// flat vector.
public struct Network: Sendable {
  /// The range of its parameters in the flat vector.
  public let range: Range<Int>
  let layers: [any Layer]
  /// The recurrent layer among the layers, if any.
  let recurrent: RecurrentLayer?
  /// The affine maps of convolutions and affine layers, which share one initialization; the last one is the head.
  private let maps: [AffineShape]

  /// The shape of an image, [row × column × channel].
  public struct Image: Sendable, Equatable {
    /// The extents.
    public var height, width, channels: Int

    /// Makes an image shape.
    public init(height: Int, width: Int, channels: Int) {
      (self.height, self.width, self.channels) = (height, width, channels)
    }
  }

  /// One convolution without padding.
  public struct Convolution: Sendable, Equatable {
    /// The number of filters, the side length of their square and the stride.
    public var filters, side, stride: Int

    /// Makes a convolution.
    public init(filters: Int, side: Int, stride: Int) {
      (self.filters, self.side, self.stride) = (filters, side, stride)
    }
  }

  /// The position of a network: its name, and the offsets of its parameters and its recurrent state.
  struct Position {
    /// The prefix of its parameters' names.
    let name: String
    /// The index of its first parameter.
    let parameter: Int
    /// The index of its recurrent layer's first number in the policy's state.
    let state: Int
  }

  /// Makes the network that an architecture describes.
  ///
  /// - Throws: ``PolicyError`` unless all widths are from 1 to 16,777,216 and every convolution is valid for its image.
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

  /// Floats in one row of outputs.
  var outputSize: Int { head.outputs }

  /// The width of the last layer before the outputs.
  var latentSize: Int { head.inputs }

  /// The names and ranges of its parameters.
  var slices: [Parameters.Slice] { layers.flatMap(\.parts) }

  /// The number of multiplications that an update makes for one row: the products of every affine map in the forward
  /// pass, for the weights' derivative and, except in the first layer, for the derivative of the layer below.
  var multiplicationsPerUpdate: Int {
    layers.enumerated().reduce(0) { $0 + ($1.offset == 0 ? 2 : 3) * $1.element.multiplications }
  }

  // MARK: Initialization

  /// Draws the initial parameters.
  ///
  /// Orthogonal weights have gain √2 before an activation and `headGains` in the last layer, one gain for each group of
  /// outputs; biases are 0. The uniform scheme draws all weights and biases uniformly.
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

  /// Computes y of every layer.
  ///
  /// A recurrent layer receives the sequences' lead rows too, and returns only the rows that are evaluated.
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

  /// ĝ += Σ_row ∂/∂θ, given ∂/∂y of the last layer in the workspace, after ``forward(_:on:_:in:)``.
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
      // The buffer is moved out of the workspace while it is written, so that the neighboring layer can be read.
      var adjoints = workspace.layers[l - 1].adjoints
      workspace.layers[l - 1].adjoints = []
      layers[l].passDown(
        θ.values.span, to: below, in: &workspace.layers[l], &workspace.scratch, into: &adjoints)
      workspace.layers[l - 1].adjoints = adjoints
    }
  }

  /// Writes the derivative of the outputs along a direction v of the parameters, after ``forward(_:on:_:in:)``.
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

  /// Copies the recurrent state after each lane's last row to `memory`, if there is a recurrent layer.
  func copyState(of lanes: [Int], in workspace: borrowing NetworkWorkspace, into memory: inout Memory) {
    guard let recurrent, let own = workspace.layers.first(where: { $0.recurrent != nil })?.recurrent else {
      return
    }
    for (row, lane) in lanes.enumerated() {
      recurrent.readState(of: row, in: own, into: &memory.states, at: memory.rows[lane])
    }
  }
}
