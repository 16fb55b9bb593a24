internal import AscentMathematics
internal import AscentRandomness

/// A network: convolutions of images, a recurrent layer if it has a memory, then affine layers.
///
/// All layers except the recurrent one and the last one apply the activation function. The parameters are slices of a
/// flat vector.
public struct Network: Sendable {
  /// The range of its parameters in the flat vector.
  public let range: Range<Int>
  let chain: LayerChain
  /// The recurrent layer among the layers, if any.
  let recurrent: RecurrentLayer?
  /// The affine maps of convolutions and affine layers, which share one initialization; the last one is the head.
  private let maps: [AffineShape]

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
    _ architecture: Architecture, inputs: Int, outputs: Int, expandsIndices: Bool = false,
    at position: Position
  ) throws(PolicyError) {
    let widths = architecture.hidden + [outputs]
    for width in [inputs] + architecture.inputs.map(\.width) + widths where !(1...16_777_216).contains(width)
    {
      throw .size(what: "width of a layer", found: width, allowed: "from 1 to 16,777,216")
    }
    var builder = NetworkBuilder(architecture, inputs: inputs, at: position)
    try builder.addInputs(expandsIndices: expandsIndices)
    builder.addRecurrence()
    for width in architecture.hidden { builder.addAffine(width, architecture.activation) }
    builder.addAffine(outputs, nil)
    (chain, maps, recurrent) = (LayerChain(builder.layers), builder.maps, builder.recurrent)
    range = position.parameter..<builder.next
  }

  var layers: [any Layer] { chain.layers }

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
    layers.enumerated().reduce(0) { $0 + ($1.offset <= chain.first ? 2 : 3) * $1.element.multiplications }
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
    chain.forward(θ.values.span, on: x, rows, in: &workspace)
  }

  /// ĝ += Σ_row ∂/∂θ, given ∂/∂y of the last layer in the workspace, after ``forward(_:on:_:in:)``.
  func accumulateAdjoint(
    _ θ: Parameters, on x: Span<Float>, in workspace: inout NetworkWorkspace,
    into gradient: inout MutableSpan<Float>
  ) {
    chain.accumulateAdjoint(θ.values.span, on: x, in: &workspace, into: &gradient)
  }

  /// Writes the derivative of the outputs along a direction v of the parameters, after ``forward(_:on:_:in:)``.
  func tangent(
    _ θ: Parameters, along v: Span<Float>, on x: Span<Float>, in workspace: inout NetworkWorkspace
  ) {
    chain.tangent(θ.values.span, along: v, on: x, in: &workspace)
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
