/// The layers of a network while it is made.
struct NetworkBuilder {
  private(set) var layers: [any Layer] = []
  /// The affine maps of convolutions and affine layers.
  private(set) var maps: [AffineShape] = []
  /// The recurrent layer, if any.
  private(set) var recurrent: RecurrentLayer?
  /// The index of the next parameter.
  private(set) var next: Int
  /// The number of features that the next layer multiplies.
  private var width: Int
  private let architecture: Architecture
  private let position: Network.Position

  init(_ architecture: Architecture, inputs: Int, at position: Network.Position) {
    (self.architecture, self.position, next) = (architecture, position, position.parameter)
    width = architecture.inputs.isEmpty ? inputs : architecture.inputs.reduce(0) { $0 + $1.width }
  }

  private var name: String { "\(position.name).\(maps.count)" }
  private var hasIndices: Bool { architecture.inputs.contains { $0.isIndex } }

  /// Adds the layers before the recurrent and the affine ones.
  ///
  /// - Parameter expandsIndices: true if the layer after them needs one-hot vectors.
  /// - Throws: ``PolicyError`` if a convolution is not valid for its image.
  mutating func addInputs(expandsIndices: Bool) throws(PolicyError) {
    let inputs = architecture.inputs
    let hasImages = !architecture.convolutions.isEmpty && inputs.contains { $0.image != nil }
    if hasImages, inputs.count == 1, let image = inputs[0].image {
      return try addConvolutions(of: image)
    }
    guard hasImages || (hasIndices && (expandsIndices || architecture.recurrence != nil)) else { return }
    let layer = try InputLayer(architecture, weight: next, name: position.name)
    layers.append(layer)
    maps += layer.maps
    (next, width) = (layer.maps.last?.end ?? next, layer.outputSize)
  }

  private mutating func addConvolutions(of image: Network.Image) throws(PolicyError) {
    let convolutions = try ConvolutionLayer.chain(
      architecture, on: image, weight: next, name: position.name, from: maps.count)
    if let last = convolutions.last { (next, width) = (last.shape.end, last.outputSize) }
    layers += convolutions
    maps += convolutions.map(\.shape)
  }

  /// Adds the recurrent layer, if the architecture has one.
  mutating func addRecurrence() {
    guard let recurrence = architecture.recurrence else { return }
    let layer = RecurrentLayer(
      recurrence, inputs: width, weight: next, stateStart: position.state, name: position.name)
    (next, width, recurrent) = (layer.end, layer.units, layer)
    layers.append(layer)
  }

  /// Adds an affine layer.
  mutating func addAffine(_ outputs: Int, _ activation: Activation?) {
    let shape = AffineShape(inputs: width, outputs: outputs, weight: next)
    if layers.isEmpty, hasIndices {
      layers.append(
        IndexedAffineLayer(shape, on: architecture.inputs, activation: activation, name: name))
    } else {
      layers.append(AffineLayer(shape: shape, activation: activation, name: name))
    }
    maps.append(shape)
    (next, width) = (shape.end, outputs)
  }
}
