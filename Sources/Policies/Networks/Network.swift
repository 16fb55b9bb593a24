public import Randomness

/// A network: convolutions if the input is an image, a recurrent layer if it remembers, then affine layers.
///
///     y(0) = x,  y(l) = f(b(l) + y(l−1) w(l)),  and the last layer without f.
///
/// A convolution is an affine layer on the patches of an image. The parameters are parts of a flat vector.
public struct Network: Sendable {
  /// Its part of the flat vector.
  public let range: Range<Int>
  let layers: [Kernels.Layer]
  let activation: Activation
  /// What remembers, before the first affine layer.
  let memory: RecurrentLayer?
  /// The first affine layer.
  let firstAffine: Int
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
  ///   - recurrence: what remembers, behind the convolutions.
  ///   - stateStart: where its state begins in that of the policy.
  ///   - start: the index of its first parameter.
  /// - Throws: ``PolicyError`` unless there are two widths and all are from 1 to 16,777,216, and the image is
  ///   large enough.
  public init(
    name: String, widths: [Int], activation: Activation = .tanh, image: Image? = nil,
    convolutions: [Convolution] = [], recurrence: Recurrence? = nil, stateStart: Int = 0,
    startingAt start: Int
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
    firstAffine = layers.count
    memory = recurrence.map {
      RecurrentLayer($0, inputs: inputs, weight: next, stateStart: stateStart)
    }
    if let memory { (next, inputs) = (memory.end, memory.units) }
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
      (l == firstAffine ? memory?.slices(name) ?? [] : []) + [
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
    memory?.initialize(&θ, scheme, from: stream)
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

  /// y of every layer, into the workspace; a network that remembers needs to know the rows' sequences.
  func forward(
    _ θ: Parameters, on x: Span<Float>, rows: Int, _ sequences: Sequences?,
    in workspace: inout NetworkWorkspace
  ) {
    let inputRows = sequences?.inputCount ?? rows
    workspace.reserve(inputRows)
    for (l, layer) in layers.enumerated() {
      let rows = l < firstAffine ? inputRows : rows
      if l == firstAffine, let memory, let sequences { remember(memory, θ, x, sequences, in: &workspace) }
      workspace.unfold(l, layer, rows, x)
      // The buffer leaves the workspace while it is written, so that its neighbor can be read.
      var y = workspace.outputs[l]
      workspace.outputs[l] = []
      var span = y.mutableSpan
      let isFused = l < layers.count - 1 && activation.isFused
      if let input = workspace.input(l, layer) {
        Kernels.affine(
          layer, rows: rows * layer.positions, input.span, θ.values.span, takingTanh: isFused, into: &span)
      } else {
        Kernels.affine(layer, rows: rows, x, θ.values.span, takingTanh: isFused, into: &span)
      }
      if l < layers.count - 1, !isFused {
        if activation.needsInputs { workspace.keepInputs(l, rows * layer.size, y.span) }
        var z = y.mutableSpan
        activation.apply(rows * layer.size, &z)
      }
      workspace.outputs[l] = y
    }
  }

  private func remember(
    _ memory: RecurrentLayer, _ θ: Parameters, _ x: Span<Float>, _ sequences: Sequences,
    in workspace: inout NetworkWorkspace
  ) {
    guard var room = workspace.memory else { return }
    workspace.memory = nil
    if firstAffine > 0 {
      let below = workspace.outputs[firstAffine - 1]
      memory.forward(θ, on: below.span, sequences, in: &room)
    } else {
      memory.forward(θ, on: x, sequences, in: &room)
    }
    workspace.memory = room
  }

  /// ĝ += Σ_row ∂/∂θ, given ∂/∂y of the last layer in the workspace, after ``forward(_:on:rows:_:in:)``.
  func accumulateAdjoint(
    _ θ: Parameters, on x: Span<Float>, rows: Int, in workspace: inout NetworkWorkspace,
    into gradient: inout MutableSpan<Float>
  ) {
    let inputRows = workspace.memory?.order.rows.count ?? rows
    for (l, layer) in layers.enumerated().reversed() {
      let rows = l < firstAffine ? inputRows : rows
      let dy = workspace.adjoints[l]
      if let input = workspace.input(l, layer) {
        Kernels.affineAdjoint(layer, rows: rows * layer.positions, input.span, dy.span, into: &gradient)
      } else {
        Kernels.affineAdjoint(layer, rows: rows, x, dy.span, into: &gradient)
      }
      if l == firstAffine, let memory {
        remember(memory, θ, rows, layer, dy, in: &workspace, into: &gradient)
        guard l > 0 else { return }
      } else {
        guard l > 0 else { return }
        passDown(l, layer, θ, rows, dy, in: &workspace)
        if isFused(layer) { continue }
      }
      var dx = workspace.adjoints[l - 1]
      workspace.adjoints[l - 1] = []
      let below = l - 1 < firstAffine ? inputRows : rows
      var d = dx.mutableSpan
      activation.applyAdjoint(below * layers[l - 1].size, workspace.known(l - 1, activation).span, &d)
      workspace.adjoints[l - 1] = dx
    }
  }

  /// Whether ∂/∂y of the layer below such a one comes with the activation's adjoint.
  private func isFused(_ layer: Kernels.Layer) -> Bool { layer.patches == nil && activation.isFused }

  /// ∂/∂y of the layer below.
  private func passDown(
    _ l: Int, _ layer: Kernels.Layer, _ θ: Parameters, _ rows: Int, _ dy: [Float],
    in workspace: inout NetworkWorkspace
  ) {
    let below = workspace.outputs[l - 1]
    var dx = layer.patches == nil ? workspace.adjoints[l - 1] : workspace.patchAdjoints
    if layer.patches == nil { workspace.adjoints[l - 1] = [] }
    var span = dx.mutableSpan
    var room = workspace.transposed.mutableSpan
    Kernels.affineAdjoint(
      layer, rows: rows * layer.positions, dy.span, θ.values.span,
      throughTanh: isFused(layer) ? below.span : nil, room: &room, into: &span)
    if let patches = layer.patches {
      var below = workspace.adjoints[l - 1]
      workspace.adjoints[l - 1] = []
      var image = below.mutableSpan
      Kernels.fold(patches, rows: rows, dx.span, into: &image)
      workspace.patchAdjoints = dx
      dx = below
    }
    workspace.adjoints[l - 1] = dx
  }

  /// The adjoint of what remembers, and ∂/∂y of the convolution below, if there is one.
  private func remember(
    _ memory: RecurrentLayer, _ θ: Parameters, _ rows: Int, _ layer: Kernels.Layer, _ dy: [Float],
    in workspace: inout NetworkWorkspace, into gradient: inout MutableSpan<Float>
  ) {
    guard var inner = workspace.memory else { return }
    workspace.memory = nil
    var results = inner.resultAdjoints.mutableSpan
    var room = workspace.transposed.mutableSpan
    Kernels.affineAdjoint(layer, rows: rows, dy.span, θ.values.span, room: &room, into: &results)
    memory.accumulateAdjoint(θ, in: &inner, needsInputs: firstAffine > 0, into: &gradient)
    if firstAffine > 0 {
      var below = workspace.adjoints[firstAffine - 1]
      workspace.adjoints[firstAffine - 1] = []
      var span = below.mutableSpan
      memory.spreadInputAdjoints(in: inner, into: &span)
      workspace.adjoints[firstAffine - 1] = below
    }
    workspace.memory = inner
  }

  /// The derivative of the outputs along a direction v of the parameters, after ``forward(_:on:rows:_:in:)``.
  ///
  ///     t(l) = f′ ⊙ (t(l−1) w(l) + y(l−1) v_w(l) + v_b(l))
  func tangent(
    _ θ: Parameters, along v: Span<Float>, on x: Span<Float>, rows: Int, in workspace: inout NetworkWorkspace
  ) {
    let inputRows = workspace.memory?.order.rows.count ?? rows
    for (l, layer) in layers.enumerated() {
      let rows = l < firstAffine ? inputRows : rows
      if l == firstAffine, let memory, var inner = workspace.memory {
        workspace.memory = nil
        if l > 0 {
          let below = workspace.tangents[l - 1]
          memory.tangent(θ, along: v, inputs: below.span, in: &inner)
        } else {
          memory.tangent(θ, along: v, inputs: nil, in: &inner)
        }
        workspace.memory = inner
      }
      var t = workspace.tangents[l]
      workspace.tangents[l] = []
      if t.count < rows * layer.size { t = Array(repeating: 0, count: rows * layer.size) }
      var span = t.mutableSpan
      if let input = workspace.input(l, layer) {
        Kernels.affine(layer, rows: rows * layer.positions, input.span, v, into: &span)
      } else {
        Kernels.affine(layer, rows: rows, x, v, into: &span)
      }
      if let below = tangent(below: l, in: workspace) {
        var through = workspace.scratch
        workspace.scratch = []
        if through.count < rows * layer.size { through = Array(repeating: 0, count: rows * layer.size) }
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

  /// The derivative of what layer l multiplies, if it has one.
  private func tangent(below l: Int, in workspace: borrowing NetworkWorkspace) -> [Float]? {
    if l == firstAffine, let memory = workspace.memory { return memory.resultTangents }
    return l > 0 ? workspace.tangents[l - 1] : nil
  }
}
