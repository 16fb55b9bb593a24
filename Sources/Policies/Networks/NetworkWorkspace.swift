/// The workspace of one network.
struct NetworkWorkspace {
  var layers: [LayerWorkspace]
  var scratch = LayerScratch()

  private let network: Network?
  private var rows = 0

  init(for network: Network?, rows: Int) {
    self.network = network
    layers = network?.layers.map { $0.makeWorkspace() } ?? []
    reserve(max(1, rows))
  }

  /// The last layer's y.
  var last: [Float] { layers.last?.outputs ?? [] }

  /// The y of the layer before the last one, or nil if there is none.
  var latent: [Float]? { layers.count > 1 ? layers[layers.count - 2].outputs : nil }

  /// Allocates memory for at least `rows` rows.
  mutating func reserve(_ rows: Int) {
    guard rows > self.rows, let network else { return }
    self.rows = rows
    for (l, layer) in network.layers.enumerated() { layer.reserve(rows, in: &layers[l]) }
  }
}
