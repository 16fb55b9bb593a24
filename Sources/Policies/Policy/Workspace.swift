/// The memory that a policy works in, so that acting and differentiating allocate nothing.
///
/// It grows to the largest number of rows that it has seen. One thread uses it at a time.
public struct Workspace {
  var actor: NetworkWorkspace
  var critic: NetworkWorkspace
  /// The features that the networks see, [row × feature], when they are not the observations themselves.
  var inputs: [Float] = []
  /// The distributions, [row × number].
  var head = Head()
  /// ∂/∂ head, and derivatives of the head along a direction.
  var headAdjoints: [Float] = []
  var headTangents: [Float] = []
  /// What one factor of several reads or writes side by side.
  var columns: [Float] = []
  /// φ² of exploring factors, [row × latent], σ² of all their matrices as they lie in θ, and ε of the rows' lanes times φ.
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
    actor = NetworkWorkspace(for: policy.actor, rows: rows)
    critic = NetworkWorkspace(for: policy.critic, rows: rows)
    headSize = policy.headSize
    inputSize = policy.copiesInputs ? policy.featureSize : 0
    actionSize = policy.actionSize
    reserve(max(1, rows))
  }

  /// Makes room for as many rows.
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
