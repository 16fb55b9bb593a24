public import Randomness

/// A feed-forward network: convolutions if the input is an image, then affine layers.
///
///     y(0) = x,  y(l) = f(b(l) + y(l−1) w(l)),  and the last layer without f.
///
/// A convolution is an affine layer on the patches of an image. The parameters are parts of a flat vector.
public struct Network: Sendable {
  /// Its part of the flat vector.
  public let range: Range<Int>
  let layers: [Kernels.Layer]
  let activation: Activation
  private let name: String

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

  /// Makes a network whose parameters begin at `start` of the flat vector.
  ///
  /// - Parameters:
  ///   - name: the first word of its parameters' names.
  ///   - widths: inputs, hidden layers, outputs.
  ///   - activation: f.
  ///   - image: the shape of the inputs, when the first layers are `convolutions`.
  ///   - convolutions: the layers before the hidden ones.
  ///   - start: the index of its first parameter.
  /// - Throws: ``PolicyError`` unless there are two widths and all are from 1 to 16,777,216, and the image is
  ///   large enough.
  public init(
    name: String, widths: [Int], activation: Activation = .tanh, image: Image? = nil,
    convolutions: [Convolution] = [], startingAt start: Int
  ) throws(PolicyError) {
    guard widths.count >= 2 else {
      throw .size(what: "number of widths", found: widths.count, allowed: "at least 2")
    }
    for width in widths where !(1...16_777_216).contains(width) {
      throw .size(what: "width of a layer", found: width, allowed: "from 1 to 16,777,216")
    }
    var (layers, next, inputs) = ([Kernels.Layer](), start, widths[0])
    if var image {
      for convolution in convolutions {
        let layer = try Kernels.Layer(convolution, on: image, weight: next)
        image = Image(
          height: layer.patches.map { $0.rows } ?? 1, width: layer.patches.map { $0.columns } ?? 1,
          channels: layer.outputs)
        layers.append(layer)
        next = layer.end
        inputs = image.height * image.width * image.channels
      }
    }
    for outputs in widths.dropFirst() {
      let layer = Kernels.Layer(inputs: inputs, outputs: outputs, weight: next)
      layers.append(layer)
      (next, inputs) = (layer.end, outputs)
    }
    self.name = name
    self.layers = layers
    self.activation = activation
    range = start..<next
  }

  /// The index of the last layer.
  var lastLayer: Int { layers.count - 1 }

  /// The width of the last layer before the outputs.
  var latentSize: Int { layers[layers.count - 1].inputs }

  /// The names and places of its parameters.
  public var slices: [Parameters.Slice] {
    layers.enumerated().flatMap { l, layer in
      [
        Parameters.Slice("\(name).\(l).weight", shape: [layer.inputs, layer.outputs], at: layer.weight),
        Parameters.Slice("\(name).\(l).bias", shape: [layer.outputs], at: layer.bias),
      ]
    }
  }

  /// Draws orthogonal weights, of gain √2 before an activation and `headGains` in the last layer, one gain for
  /// each group of outputs, biases 0; or everything uniform.
  public func initialize(
    _ θ: inout Parameters, _ scheme: Initialization, headGains: [(outputs: Int, gain: Double)],
    from stream: RandomStream
  ) {
    guard scheme == .orthogonal else {
      for layer in layers {
        let numbers = Initialization.uniform(
          layer.end - layer.weight, inputs: layer.inputs, from: stream)
        θ.values.replaceSubrange(layer.weight..<layer.end, with: numbers)
      }
      return
    }
    for layer in layers.dropLast() {
      let weights = Initialization.orthogonal(
        rows: layer.inputs, columns: layer.outputs, gain: 2.0.squareRoot(), from: stream)
      θ.values.replaceSubrange(layer.weight..<layer.bias, with: weights)
    }
    let (head, width) = (layers[layers.count - 1], layers[layers.count - 1].outputs)
    var first = 0
    for (outputs, gain) in headGains where outputs > 0 {
      let weights = Initialization.orthogonal(
        rows: head.inputs, columns: outputs, gain: gain, from: stream)
      for i in 0..<head.inputs {
        for j in 0..<outputs { θ.values[head.weight + i * width + first + j] = weights[i * outputs + j] }
      }
      first += outputs
    }
  }

  /// y of every layer, into the workspace.
  func forward(_ θ: Parameters, on x: Span<Float>, rows: Int, in workspace: inout NetworkWorkspace) {
    workspace.reserve(rows)
    for (l, layer) in layers.enumerated() {
      workspace.unfold(l, layer, rows, x)
      // The buffer leaves the workspace while it is written, so that its neighbour can be read.
      var y = workspace.outputs[l]
      workspace.outputs[l] = []
      var span = y.mutableSpan
      if let input = workspace.input(l, layer) {
        Kernels.affine(layer, rows: rows * layer.positions, input.span, θ.values.span, into: &span)
      } else {
        Kernels.affine(layer, rows: rows, x, θ.values.span, into: &span)
      }
      if l < layers.count - 1 {
        if activation.needsInputs { workspace.keepInputs(l, rows * layer.size, y.span) }
        var z = y.mutableSpan
        activation.apply(rows * layer.size, &z)
      }
      workspace.outputs[l] = y
    }
  }

  /// ĝ += Σ_row ∂/∂θ, given ∂/∂y of the last layer in the workspace, after ``forward(_:on:rows:in:)``.
  func accumulateAdjoint(
    _ θ: Parameters, on x: Span<Float>, rows: Int, in workspace: inout NetworkWorkspace,
    into gradient: inout MutableSpan<Float>
  ) {
    for (l, layer) in layers.enumerated().reversed() {
      let dy = workspace.adjoints[l]
      if let input = workspace.input(l, layer) {
        Kernels.affineAdjoint(layer, rows: rows * layer.positions, input.span, dy.span, into: &gradient)
      } else {
        Kernels.affineAdjoint(layer, rows: rows, x, dy.span, into: &gradient)
      }
      guard l > 0 else { return }
      var dx = layer.patches == nil ? workspace.adjoints[l - 1] : workspace.patchAdjoints
      workspace.adjoints[l - 1] = layer.patches == nil ? [] : workspace.adjoints[l - 1]
      var span = dx.mutableSpan
      var room = workspace.transposed.mutableSpan
      Kernels.affineAdjoint(
        layer, rows: rows * layer.positions, dy.span, θ.values.span, room: &room, into: &span)
      if let patches = layer.patches {
        var below = workspace.adjoints[l - 1]
        workspace.adjoints[l - 1] = []
        var image = below.mutableSpan
        Kernels.fold(patches, rows: rows, dx.span, into: &image)
        workspace.patchAdjoints = dx
        dx = below
      }
      var d = dx.mutableSpan
      activation.applyAdjoint(rows * layers[l - 1].size, workspace.known(l - 1, activation).span, &d)
      workspace.adjoints[l - 1] = dx
    }
  }

  /// The derivative of the outputs along a direction v of the parameters, after ``forward(_:on:rows:in:)``.
  ///
  ///     t(l) = f′ ⊙ (t(l−1) w(l) + y(l−1) v_w(l) + v_b(l))
  func tangent(
    _ θ: Parameters, along v: Span<Float>, on x: Span<Float>, rows: Int, in workspace: inout NetworkWorkspace
  ) {
    for (l, layer) in layers.enumerated() {
      var t = workspace.tangents[l]
      workspace.tangents[l] = []
      if t.count < rows * layer.size { t = Array(repeating: 0, count: rows * layer.size) }
      var span = t.mutableSpan
      if let input = workspace.input(l, layer) {
        Kernels.affine(layer, rows: rows * layer.positions, input.span, v, into: &span)
      } else {
        Kernels.affine(layer, rows: rows, x, v, into: &span)
      }
      if l > 0 {
        var through = workspace.scratch
        workspace.scratch = []
        if through.count < rows * layer.size { through = Array(repeating: 0, count: rows * layer.size) }
        let below = workspace.tangents[l - 1]
        var room = through.mutableSpan
        if let patches = layer.patches {
          var unfolded = workspace.patchAdjoints
          workspace.patchAdjoints = []
          var u = unfolded.mutableSpan
          Kernels.unfold(patches, rows: rows, below.span, into: &u)
          Kernels.product(layer, rows: rows * layer.positions, unfolded.span, θ.values.span, into: &room)
          workspace.patchAdjoints = unfolded
        } else {
          Kernels.product(layer, rows: rows, below.span, θ.values.span, into: &room)
        }
        var sum = t.mutableSpan
        ParameterUpdate.add(through.span.extracting(0..<rows * layer.size), to: &sum)
        workspace.scratch = through
      }
      if l < layers.count - 1 {
        var d = t.mutableSpan
        activation.applyAdjoint(rows * layer.size, workspace.known(l, activation).span, &d)
      }
      workspace.tangents[l] = t
    }
  }
}
