internal import AscentMathematics

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

  /// True if the last forward pass read bytes, which are in the first layers' workspaces.
  var readsPixels = false
  /// The rows and the parts of the last forward pass.
  var evaluatedRows = 0
  /// The rows of observations of that pass, with lead rows.
  var evaluatedInputs = 0
  var evaluatedParts: Policy.Parts = []

  /// ``Policy/layout`` of the policy that it was made for.
  let layout: Int
  private var rows = 0
  private let headSize: Int
  private let actionSize: Int

  init(for policy: Policy, rows: Int) {
    actor = NetworkWorkspace(for: policy.actor.chain, rows: rows)
    critic = NetworkWorkspace(for: policy.critic?.chain, rows: rows)
    layout = policy.layout
    headSize = policy.headSize
    actionSize = policy.actionSize
    reserve(max(1, rows))
  }

  /// Ends the program unless the workspace was made for such a policy.
  func require(for policy: Policy) {
    Require.that(
      layout == policy.layout, "the workspace must be one that this policy has made: makeWorkspace(rows:)")
  }

  /// Ends the program unless the last forward pass evaluated all of these parts.
  func require(_ parts: Policy.Parts, of policy: Policy) {
    require(for: policy)
    Require.that(
      evaluatedParts.isSuperset(of: parts),
      "the workspace must be that of a forward pass over the part that is read: the actor or the critic")
  }

  /// Allocates memory for at least `rows` rows.
  mutating func reserve(_ rows: Int) {
    guard rows > self.rows else { return }
    self.rows = rows
    head.reserve(rows * headSize)
    headAdjoints = Array(repeating: 0, count: rows * headSize)
    columns = headAdjoints
    noise = Array(repeating: 0, count: rows * actionSize)
  }
}
