internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
func distance(_ x: [Double], _ y: [Double]) -> Double { norm(zip(x, y).map { $0 - $1 }) }

/// The exact objective and gradient of a policy in a finite process.
struct ExactSide {
  let objective: Double
  let gradient: [Double]
  private let table: PolicyTable
  private let process: MarkovDecisionProcess
  private let horizon: Int
  private let trajectories: Int

  /// The limit on states × actions × parameters of the table of scores: 200 MB.
  private static let largest = 50_000_000

  /// Nil if the process is unknown, or too large for tables.
  init?(_ opened: OpenedPolicy, _ trajectories: Int) {
    guard let finite = opened.environment.finiteProcess,
      finite.process.stateCount * finite.process.actionCount * opened.parameters.values.count <= Self.largest
    else { return nil }
    (process, horizon) = finite
    self.trajectories = trajectories
    table = PolicyTable(of: opened.policy, opened.parameters, in: process)
    let exact = ExactGradient(of: table, in: process, horizon: horizon)
    objective = exact.objective
    gradient = table.gradient(exact.coefficients)
  }

  func expectation(of rule: GradientRule) -> [Double]? {
    ExactGradient.expectation(
      of: rule, trajectories: trajectories, policy: table, in: process, horizon: horizon
    ).map(table.gradient)
  }
}
