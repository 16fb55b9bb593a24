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
}
