internal import AscentMathematics

/// The square patches of an image that a convolution without padding multiplies.
struct Patches: Sendable, Equatable {
  let image: Network.Image
  let side: Int
  let stride: Int

  /// The number of patches from top to bottom.
  var rows: Int { (image.height - side) / stride + 1 }
  /// The number of patches from left to right.
  var columns: Int { (image.width - side) / stride + 1 }
  /// The number of patches of one image.
  var count: Int { rows * columns }
}

/// A convolution: an affine layer applied to each patch of an image, y = f(b + patch w).
struct ConvolutionLayer: Layer {
  /// The affine map of one patch.
  let shape: AffineShape
  let patches: Patches
  let activation: Activation?
  let name: String

  /// Makes a convolution of an image; its weights begin at index `weight`.
  ///
  /// - Throws: ``PolicyError`` if the number of filters or the stride is not positive, or a patch does not fit in the
  ///   image.
  init(
    _ convolution: Network.Convolution, on image: Network.Image, weight: Int, activation: Activation,
    name: String
  ) throws(PolicyError) {
    let side = min(image.height, image.width)
    for (what, found) in [("number of filters", convolution.filters), ("stride", convolution.stride)]
    where !(1...65_536).contains(found) {
      throw .size(what: "\(what) of a convolution", found: found, allowed: "from 1 to 65,536")
    }
    guard (1...max(1, side)).contains(convolution.side) else {
      throw .size(
        what: "side of a convolution", found: convolution.side,
        allowed:
          "from 1 to \(side), since it reads an image of \(image.height) × \(image.width) × \(image.channels) "
          + "(height × width × channels)")
    }
    shape = AffineShape(
      inputs: convolution.side * convolution.side * image.channels, outputs: convolution.filters,
      weight: weight)
    patches = Patches(image: image, side: convolution.side, stride: convolution.stride)
    (self.activation, self.name) = (activation, name)
  }

  /// Makes the convolutions of an architecture on an image, each on the output of the one before; their weights begin at
  /// index `weight`, and their names are `name` with numbers from `first` on.
  ///
  /// - Throws: ``PolicyError`` if a convolution is not valid for its image.
  static func chain(
    _ architecture: Architecture, on image: Network.Image, weight: Int, name: String, from first: Int
  ) throws(PolicyError) -> [ConvolutionLayer] {
    var (image, next, layers) = (image, weight, [ConvolutionLayer]())
    for (k, convolution) in architecture.convolutions.enumerated() {
      try image.check()
      let layer = try ConvolutionLayer(
        convolution, on: image, weight: next, activation: architecture.activation,
        name: "\(name).\(first + k)")
      (image, next) = (layer.image, layer.shape.end)
      layers.append(layer)
    }
    return layers
  }

  /// The shape of the output as an image.
  var image: Network.Image {
    Network.Image(height: patches.rows, width: patches.columns, channels: shape.outputs)
  }

  var outputSize: Int { patches.count * shape.outputs }
  var parts: [Parameters.Slice] { shape.slices(name) }
  var workspaceSize: Int { patches.image.size + 3 * outputSize }
  var multiplications: Int { patches.count * shape.inputs * shape.outputs }

  func reserve(_ rows: Int, in own: inout LayerWorkspace) {
    own.outputs = Array(repeating: 0, count: rows * outputSize)
  }

  func forward(_ θ: Span<Float>, on x: Span<Float>, _ rows: LayerRows, in own: inout LayerWorkspace) {
    own.rows = rows
    var pictures = own.takePictures(rows.inputs)
    own.outputs.withMutableSpan { Kernels.convolve(self, x, &pictures, θ, into: &$0) }
    own.giveBack(pictures)
    activate(rows.outputs * outputSize, in: &own, isFused: false)
  }

  func accumulateAdjoint(
    _ θ: Span<Float>, on x: Span<Float>, in own: inout LayerWorkspace, into gradient: inout MutableSpan<Float>
  ) {
    var pictures = own.takePictures(own.rows.inputs)
    Kernels.convolveAdjoint(self, x, &pictures, own.adjoints.span, into: &gradient)
    own.giveBack(pictures)
  }

  func passDown(
    _ θ: Span<Float>, to below: LayerBelow, in own: inout LayerWorkspace, _ scratch: inout LayerScratch,
    into adjoints: inout [Float]
  ) {
    var dx = adjoints.mutableSpan
    Kernels.convolveInputAdjoint(
      self, rows: own.rows.inputs, own.adjoints.span, θ, room: &scratch.patches, into: &dx)
    below.activateAdjoint(own.rows.inputs, &adjoints)
  }

  /// Writes t = f′(z) (patches of t(x) w + patches v_w + v_b).
  func tangent(
    _ θ: Span<Float>, along v: Span<Float>, on x: Span<Float>, _ tangents: [Float]?,
    in own: inout LayerWorkspace, _ scratch: inout LayerScratch
  ) {
    let count = own.rows.outputs * outputSize
    LayerScratch.grow(&own.tangents, count)
    var pictures = own.takePictures(own.rows.inputs)
    own.tangents.withMutableSpan { Kernels.convolve(self, x, &pictures, v, into: &$0) }
    own.giveBack(pictures)
    if let tangents {
      LayerScratch.grow(&scratch.outputs, count)
      var below = PictureRows(rows: own.rows.inputs)
      scratch.outputs.withMutableSpan {
        Kernels.convolve(self, hasBias: false, tangents.span, &below, θ, into: &$0)
      }
      own.tangents.withMutableSpan {
        ParameterUpdate.add(scratch.outputs.span.extracting(0..<count), to: &$0)
      }
    }
    activateTangent(count, in: &own)
  }
}
