/// The memory in which one network works.
struct NetworkWorkspace {
  /// y of each layer, [row × output].
  var outputs: [[Float]]
  /// ∂/∂y of each layer, [row × output].
  var adjoints: [[Float]]
  /// The derivative of each layer's y along a direction; made when it is first asked for.
  var tangents: [[Float]]
  /// The patches that each convolution looked at; empty for affine layers.
  var patches: [[Float]]
  /// ∂/∂ patches, of one layer at a time.
  var patchAdjoints: [Float] = []
  /// Room for the largest transposed weight.
  var transposed: [Float]
  /// Room for one layer's outputs.
  var scratch: [Float] = []
  /// The memory of what remembers.
  var memory: RecurrentWorkspace?

  private var inputs: [[Float]]
  private var rows = 0
  private let layers: [Kernels.Layer]
  private let firstAffine: Int

  init(for network: Network?, rows: Int) {
    layers = network?.layers ?? []
    firstAffine = network?.firstAffine ?? 0
    memory = network?.memory.map { RecurrentWorkspace($0) }
    outputs = Array(repeating: [], count: layers.count)
    (adjoints, tangents, patches, inputs) = (outputs, outputs, outputs, outputs)
    transposed = Array(repeating: 0, count: layers.map { $0.inputs * $0.outputs }.max() ?? 0)
    reserve(max(1, rows))
  }

  /// The last layer's y.
  var last: [Float] { outputs.last ?? [] }

  /// Makes room for as many rows.
  mutating func reserve(_ rows: Int) {
    guard rows > self.rows else { return }
    self.rows = rows
    for (l, layer) in layers.enumerated() {
      outputs[l] = Array(repeating: 0, count: rows * layer.size)
      adjoints[l] = outputs[l]
      patches[l] =
        layer.patches == nil ? [] : Array(repeating: 0, count: rows * layer.positions * layer.inputs)
    }
    patchAdjoints = Array(repeating: 0, count: patches.map(\.count).max() ?? 0)
  }

  /// Cuts the input of a convolution into patches.
  mutating func unfold(_ l: Int, _ layer: Kernels.Layer, _ rows: Int, _ x: Span<Float>) {
    guard let shape = layer.patches else { return }
    var cut = patches[l]
    patches[l] = []
    var span = cut.mutableSpan
    if l == 0 {
      Kernels.unfold(shape, rows: rows, x, into: &span)
    } else {
      let below = outputs[l - 1]
      Kernels.unfold(shape, rows: rows, below.span, into: &span)
    }
    patches[l] = cut
  }

  /// What layer l multiplies: patches, what is remembered or the layer below; nil for the network's own input.
  func input(_ l: Int, _ layer: Kernels.Layer) -> [Float]? {
    if l == firstAffine, let memory { return memory.results }
    return layer.patches != nil ? patches[l] : l == 0 ? nil : outputs[l - 1]
  }

  /// Remembers what an activation was applied to.
  mutating func keepInputs(_ l: Int, _ count: Int, _ x: Span<Float>) {
    if inputs[l].count < count { inputs[l] = Array(repeating: 0, count: count) }
    for k in 0..<count { inputs[l][k] = x[k] }
  }

  /// What the activation's derivative is worked out from.
  func known(_ l: Int, _ activation: Activation) -> [Float] {
    activation.needsInputs ? inputs[l] : outputs[l]
  }
}
