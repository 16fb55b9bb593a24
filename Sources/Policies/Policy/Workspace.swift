/// The memory for evaluating a policy, so that acting and differentiating allocate nothing.
///
/// It grows to the largest number of rows evaluated so far. One thread may use it at a time.
public struct Workspace {
  var actor: NetworkWorkspace
  var critic: NetworkWorkspace
  /// The networks' inputs, [row × feature], if they are not the observations themselves.
  var inputs: [Float] = []
  /// The distributions, [row × number].
  var head = Head()
  /// ∂/∂ head, and derivatives of the head along a direction.
  var headAdjoints: [Float] = []
  var headTangents: [Float] = []
  /// A matrix for one of several factors, with rows that contain only its numbers.
  var columns: [Float] = []
  /// For exploring factors: φ², [row × latent]; σ² of all matrices in the order of θ; φᵀ ε of each row, [row × value].
  var squares: [Float] = []
  var variances: [Float] = []
  var noise: [Float] = []

  /// The rows and the parts of the last forward pass.
  var evaluatedRows = 0
  var evaluatedParts: Policy.Parts = []

  private var rows = 0
  private let headSize: Int
  private let inputSize: Int
  private let actionSize: Int

  init(for policy: Policy, rows: Int) {
    actor = NetworkWorkspace(for: policy.actor.chain, rows: rows)
    critic = NetworkWorkspace(for: policy.critic?.chain, rows: rows)
    headSize = policy.headSize
    inputSize = policy.copiesInputs ? policy.featureSize : 0
    actionSize = policy.actionSize
    reserve(max(1, rows))
  }

  /// Allocates memory for at least `rows` rows.
  mutating func reserve(_ rows: Int) {
    guard rows > self.rows else { return }
    self.rows = rows
    inputs = Array(repeating: 0, count: rows * inputSize)
    head.reserve(rows * headSize)
    headAdjoints = Array(repeating: 0, count: rows * headSize)
    columns = headAdjoints
    noise = Array(repeating: 0, count: rows * actionSize)
  }
}
