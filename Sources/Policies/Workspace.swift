/// The memory that a policy works in, so that acting and differentiating allocate nothing.
///
/// It grows to the largest number of rows that it has seen. One thread uses it at a time.
public struct Workspace {
  /// y of each layer, [row × output].
  var outputs: [[Float]]
  /// ∂/∂y of each layer, [row × output].
  var adjoints: [[Float]]
  /// Room for the largest transposed weight.
  var transposed: [Float]
  /// What the head makes of the last layer, [row × output].
  var head: [Float]
  /// A second array of that size.
  var probabilities: [Float]

  private var rows = 0
  private let widths: [Int]

  /// A workspace without a policy, for actors that need none.
  public init() {
    (outputs, adjoints, transposed, head, probabilities, widths) = ([], [], [], [], [], [])
  }

  init(for network: MultilayerPerceptron, rows: Int) {
    widths = network.layers.map(\.outputs)
    outputs = Array(repeating: [], count: widths.count)
    adjoints = outputs
    transposed = Array(repeating: 0, count: network.layers.map { $0.inputs * $0.outputs }.max() ?? 0)
    head = []
    probabilities = []
    reserve(max(1, rows))
  }

  /// Makes room for as many rows.
  mutating func reserve(_ rows: Int) {
    guard rows > self.rows else { return }
    self.rows = rows
    for layer in widths.indices {
      outputs[layer] = Array(repeating: 0, count: rows * widths[layer])
      adjoints[layer] = outputs[layer]
    }
    head = Array(repeating: 0, count: rows * (widths.last ?? 0))
    probabilities = head
  }
}
