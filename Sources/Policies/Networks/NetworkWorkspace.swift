/// The workspace of a network or another chain of layers.
struct NetworkWorkspace {
  var layers: [LayerWorkspace]
  var scratch = LayerScratch()

  private let chain: LayerChain?
  private var rows = 0

  init(for chain: LayerChain?, rows: Int) {
    self.chain = chain
    layers = chain?.layers.map { $0.makeWorkspace() } ?? []
    reserve(max(1, rows))
  }

  /// The last layer's y.
  var last: [Float] { layers.last?.outputs ?? [] }

  /// The y of the layer before the last one, or nil if there is none.
  var latent: [Float]? { layers.count > 1 ? layers[layers.count - 2].outputs : nil }

  /// Allocates memory for at least `rows` rows.
  mutating func reserve(_ rows: Int) {
    guard rows > self.rows, let chain else { return }
    self.rows = rows
    for (l, layer) in chain.layers.enumerated() { layer.reserve(rows, in: &layers[l]) }
  }

  /// Allocates memory for the adjoints of these rows, which a forward pass alone does not need.
  mutating func reserveAdjoints() {
    guard let chain else { return }
    for (l, layer) in chain.layers.enumerated() where layer.hasParameters {
      LayerScratch.grow(&layers[l].adjoints, layers[l].outputs.count)
      for k in layers[l].branches.indices { layers[l].branches[k].network.reserveAdjoints() }
    }
  }
}
