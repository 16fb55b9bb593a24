internal import AscentMathematics
internal import AscentPolicies

/// The observations and actions of demonstrated episodes, as one sequence of steps.
struct Demonstrations {
  /// The number of steps.
  private(set) var count = 0
  /// The observations, [step × feature].
  private(set) var observations: [Float] = []
  /// The actions, [step × value].
  private(set) var actions: [Float] = []
  private let observationSize: Int
  private let actionSize: Int

  init(_ episodes: ArraySlice<LoggedEpisode>, _ policy: Policy) {
    (observationSize, actionSize) = (policy.observationSize, policy.actionSize)
    for episode in episodes {
      count += episode.rewards.count
      observations += episode.observations
      actions += episode.actions
    }
  }

  private init(like other: Demonstrations) {
    (observationSize, actionSize) = (other.observationSize, other.actionSize)
  }

  /// The steps with the given indices, in that order.
  func gathered(_ steps: ArraySlice<Int>) -> Demonstrations {
    var some = Demonstrations(like: self)
    for t in steps {
      some.observations += observations[t * observationSize..<(t + 1) * observationSize]
      some.actions += actions[t * actionSize..<(t + 1) * actionSize]
    }
    some.count = steps.count
    return some
  }

  /// 1/T Σ log π(a∣o).
  func meanLogLikelihood(_ policy: Policy, _ θ: Parameters) -> Double {
    let rowsAtOnce = policy.rows(atMost: 256)
    var workspace = policy.makeWorkspace(rows: rowsAtOnce)
    var logπ = Array(repeating: 0.0, count: rowsAtOnce)
    var sum = 0.0
    for first in stride(from: 0, to: count, by: rowsAtOnce) {
      let rows = first..<min(first + rowsAtOnce, count)
      let (a, o) = (Rows(stride: actionSize)[rows], Rows(stride: observationSize)[rows])
      policy.logProbabilities(
        θ, of: actions.span.extracting(a), on: observations.span.extracting(o), in: &workspace, into: &logπ)
      for k in 0..<rows.count { sum += logπ[k] }
    }
    return sum / Double(count)
  }
}
