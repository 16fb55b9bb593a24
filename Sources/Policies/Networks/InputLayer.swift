internal import AscentMathematics

/// The first layer of a network for features of several kinds.
///
/// y contains, in the order of the inputs: the outputs of the convolutions of each image, numbers as they are, and a
/// one-hot vector for each index.
struct InputLayer: Layer {
  let inputs: [Part]
  let outputSize: Int
  /// The affine maps of the convolutions.
  let maps: [AffineShape]
  private let rowSize: Int

  /// One of the inputs.
  struct Part {
    let input: Network.Input
    /// Its first column in x and in y.
    let column, output: Int
    /// The number of its columns in y.
    let size: Int
    /// The convolutions of an image.
    var chain: LayerChain?
  }

  /// Makes the layer; its weights begin at index `weight`, and its maps are named after `name` and their numbers.
  ///
  /// - Throws: ``PolicyError`` if a convolution is not valid for its image.
  init(_ architecture: Architecture, weight: Int, name: String) throws(PolicyError) {
    var (parts, maps) = ([Part](), [AffineShape]())
    var (column, output, next) = (0, 0, weight)
    for input in architecture.inputs {
      var (size, chain) = (input.width, LayerChain?.none)
      if let image = input.image, !architecture.convolutions.isEmpty {
        // The layer itself puts the planes' numbers side by side.
        let joined = Network.Image(height: image.height, width: image.width, channels: image.channels)
        let layers = try ConvolutionLayer.chain(
          architecture, on: joined, weight: next, name: name, from: maps.count)
        maps += layers.map(\.shape)
        if let last = layers.last { (next, size) = (last.shape.end, last.outputSize) }
        chain = LayerChain(layers)
      }
      parts.append(Part(input: input, column: column, output: output, size: size, chain: chain))
      column += input.columns
      output += size
    }
    (inputs, self.maps, outputSize, rowSize) = (parts, maps, output, column)
  }

  var activation: Activation? { nil }
  var hasParameters: Bool { !maps.isEmpty }
  var parts: [Parameters.Slice] { inputs.flatMap { $0.chain?.layers.flatMap(\.parts) ?? [] } }
  var multiplications: Int {
    inputs.reduce(0) { $0 + ($1.chain?.layers.reduce(0) { $0 + $1.multiplications } ?? 0) }
  }
  var workspaceSize: Int {
    inputs.reduce((hasParameters ? 3 : 1) * outputSize) { sum, part in
      guard let chain = part.chain else { return sum }
      return chain.layers.reduce(sum + part.input.columns) { $0 + $1.workspaceSize }
    }
  }

  func makeWorkspace() -> LayerWorkspace {
    var own = LayerWorkspace()
    own.branches = inputs.map { LayerWorkspace.Branch(network: NetworkWorkspace(for: $0.chain, rows: 1)) }
    return own
  }

  func reserve(_ rows: Int, in own: inout LayerWorkspace) {
    own.outputs = Array(repeating: 0, count: rows * outputSize)
    for (k, part) in inputs.enumerated() where part.chain != nil {
      own.branches[k].input = Array(repeating: 0, count: rows * part.input.columns)
    }
  }

  func forward(_ θ: Span<Float>, on x: Span<Float>, _ rows: LayerRows, in own: inout LayerWorkspace) {
    own.rows = rows
    for (k, part) in inputs.enumerated() {
      let to = Rows(start: part.output, stride: outputSize)
      if let chain = part.chain, let image = part.input.image {
        own.branches[k].input.withMutableSpan {
          Kernels.interleave(
            image, rows: rows.inputs, x, Rows(start: part.column, stride: rowSize), into: &$0)
        }
        let input = own.branches[k].input
        chain.forward(θ, on: input.span, rows, in: &own.branches[k].network)
        let found = own.branches[k].network.last
        own.outputs.withMutableSpan {
          Columns(part.size, rows: rows.outputs).copy(found.span, Rows(stride: part.size), into: &$0, to)
        }
      } else {
        own.outputs.withMutableSpan { y in copy(part, x, rows.outputs, into: &y, to) }
      }
    }
  }

  /// Copies numbers, or writes a one-hot vector for each index.
  private func copy(
    _ part: Part, _ x: Span<Float>, _ rows: Int, into y: inout MutableSpan<Float>, _ to: Rows
  ) {
    let from = Rows(start: part.column, stride: rowSize)
    guard part.input.isIndex else {
      return Columns(part.size, rows: rows).copy(x, from, into: &y, to)
    }
    for row in 0..<rows {
      let (first, value) = (to[row], x[from[row]])
      for k in first..<first + part.size { y[k] = 0 }
      if !(value < 0) {
        y[first + Require.choice(value, of: "index of an observation", below: part.size)] = 1
      }
    }
  }

  func accumulateAdjoint(
    _ θ: Span<Float>, on x: Span<Float>, in own: inout LayerWorkspace, into gradient: inout MutableSpan<Float>
  ) {
    let (rows, adjoints) = (own.rows.outputs, own.adjoints)
    for (k, part) in inputs.enumerated() {
      guard let chain = part.chain, let activation = chain.layers.last?.activation else { continue }
      let last = chain.layers.count - 1
      let known = own.branches[k].network.layers[last].known(activation)
      own.branches[k].network.layers[last].adjoints.withMutableSpan { d in
        Columns(part.size, rows: rows).copy(
          adjoints.span, Rows(start: part.output, stride: outputSize), into: &d, Rows(stride: part.size))
        activation.applyAdjoint(rows * part.size, known.span, &d)
      }
      let input = own.branches[k].input
      chain.accumulateAdjoint(θ, on: input.span, in: &own.branches[k].network, into: &gradient)
    }
  }

  func passDown(
    _ θ: Span<Float>, to below: LayerBelow, in own: inout LayerWorkspace, _ scratch: inout LayerScratch,
    into adjoints: inout [Float]
  ) { preconditionFailure("an input layer has no layer below it") }

  /// Writes the tangents of the convolutions' outputs; those of the other features are 0.
  func tangent(
    _ θ: Span<Float>, along v: Span<Float>, on x: Span<Float>, _ tangents: [Float]?,
    in own: inout LayerWorkspace, _ scratch: inout LayerScratch
  ) {
    let rows = own.rows.outputs
    LayerScratch.grow(&own.tangents, rows * outputSize)
    for (k, part) in inputs.enumerated() {
      guard let chain = part.chain, let last = chain.layers.indices.last else { continue }
      let input = own.branches[k].input
      chain.tangent(θ, along: v, on: input.span, in: &own.branches[k].network)
      let found = own.branches[k].network.layers[last].tangents
      own.tangents.withMutableSpan {
        Columns(part.size, rows: rows).copy(
          found.span, Rows(stride: part.size), into: &$0, Rows(start: part.output, stride: outputSize))
      }
    }
  }
}
