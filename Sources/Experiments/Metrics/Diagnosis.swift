internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

/// The watch over a run: it says once, in one line with a cure, what has kept the run from learning for many iterations.
///
/// Everything is read from reports and rollouts, which are the same in every process, so neither bits nor other results
/// change.
struct Diagnosis {
  /// The numbers from which an iteration counts as ailing, and for how long it must ail.
  ///
  /// They are beyond what runs of the presets show (`DiagnosisTests`).
  private enum Limits {
    static let iterations = 20
    /// The part of the budget without two different returns.
    static let budget = 0.25
    /// The steps of a lane without the end of an episode.
    static let endless = 10_000
    static let explained = 0.02
    static let clipped = 0.3
    /// Multiples of the target, if there is one.
    static let divergence = 10.0
    /// Multiples of the largest norm.
    static let norm = 20.0
    /// The part of the actions that are at one bound.
    static let pinned = 0.99
    /// The fall of the entropy, in nats, for the whole action.
    static let entropy = 0.5
  }

  /// The ailments, each with the number of iterations in a row that had it.
  private var lasting: [Ailment: Int] = [:]
  private var told: Set<Ailment> = []
  private let algorithm: AlgorithmSettings
  private let budget: Int
  private var returns: ClosedRange<Double>?
  private var firstEntropy: Double?
  private var stepsWithoutEnd = 0

  private enum Ailment {
    case blind, pinned, endless, equal, collapsed, clipped, divergent, steep
  }

  init(_ configuration: Configuration) {
    (algorithm, budget) = (configuration.algorithm, configuration.steps)
  }

  /// Takes the results of an iteration, and returns the sentences to tell.
  mutating func notices(_ report: Learner.Report, of learner: borrowing Learner) -> [String] {
    see(report, learner.lanes.count)
    return [
      endless(), equal(learner.steps), collapsed(report), blind(report), clipped(report), divergent(report),
      steep(report), pinned(report, learner),
    ].compactMap(\.self)
  }

  private mutating func see(_ report: Learner.Report, _ lanes: Int) {
    firstEntropy = firstEntropy ?? report.entropy
    guard report.objective.count > 0 else {
      stepsWithoutEnd += report.steps / max(1, lanes)
      return
    }
    stepsWithoutEnd = 0
    let now = report.objective.lowest...report.objective.highest
    returns = returns.map { min($0.lowerBound, now.lowerBound)...max($0.upperBound, now.upperBound) } ?? now
  }

  /// The value of the only return so far; nil if there were different ones, or none.
  private var onlyReturn: Double? {
    returns.flatMap { $0.lowerBound == $0.upperBound ? $0.lowerBound : nil }
  }

  /// Counts an iteration; true when the ailment has lasted long enough to be told, once.
  private mutating func isToTell(
    _ ailment: Ailment, _ ails: Bool, after iterations: Int = Limits.iterations
  ) -> Bool {
    lasting[ailment] = ails ? lasting[ailment, default: 0] + 1 : 0
    guard lasting[ailment, default: 0] >= iterations else { return false }
    return told.insert(ailment).inserted
  }

  private mutating func endless() -> String? {
    guard isToTell(.endless, stepsWithoutEnd >= Limits.endless, after: 1) else { return nil }
    return
      "no episode has ended in \(stepsWithoutEnd) steps of each lane: environment.time_limit ends them after a number of steps"
  }

  private mutating func equal(_ steps: Int) -> String? {
    let isLate = Double(steps) >= Limits.budget * Double(budget)
    guard let only = onlyReturn, isToTell(.equal, isLate) else { return nil }
    return
      "every episode of \(steps) steps has returned \(Self.shown(only)), so there is nothing to learn from: a reward must be "
      + "reached by chance first; algorithm.entropy keeps actions varied"
  }

  private mutating func collapsed(_ report: Learner.Report) -> String? {
    guard let first = firstEntropy, onlyReturn != nil else { return nil }
    guard isToTell(.collapsed, report.entropy < first - Limits.entropy) else { return nil }
    return
      "the entropy fell from \(Self.shown(first)) to \(Self.shown(report.entropy)) nats before two episodes had different "
      + "returns: raise algorithm.entropy"
  }

  private mutating func blind(_ report: Learner.Report) -> String? {
    let isBlind = report.update.explainedVariance < Limits.explained && onlyReturn == nil
    guard isToTell(.blind, isBlind, after: 4 * Limits.iterations) else { return nil }
    let cure =
      algorithm.usesAdvantages && !algorithm.rewards.normalizesReturns
      ? "normalize.returns = true"
      : algorithm.standardization == .none ? "normalize.observations = boxes" : ""
    return
      "the critic has explained less than \(Int(100 * Limits.explained)) % of the returns' variance for "
      + "\(4 * Limits.iterations) iterations"
      + (cure.isEmpty ? ": it may see too little, or learn too slowly" : ": set \(cure)")
  }

  private mutating func clipped(_ report: Learner.Report) -> String? {
    guard isToTell(.clipped, report.update.clipFraction > Limits.clipped) else { return nil }
    return
      "the ratios of \(Int(100 * report.update.clipFraction)) % of the steps are clipped: lower algorithm.rate or "
      + "algorithm.epochs"
  }

  private mutating func divergent(_ report: Learner.Report) -> String? {
    let target = algorithm.minibatches.targetDivergence
    let isDivergent = target > 0 && report.update.divergence > Limits.divergence * target
    guard isToTell(.divergent, isDivergent) else { return nil }
    return
      "the divergence of an update is \(Self.shown(report.update.divergence)), far beyond algorithm.target_kl = "
      + "\(target): lower algorithm.rate or raise algorithm.minibatch"
  }

  private mutating func steep(_ report: Learner.Report) -> String? {
    let largest = algorithm.minibatches.gradientClip
    let isSteep = largest > 0 && report.update.gradientNorm > Limits.norm * largest
    guard isToTell(.steep, isSteep) else { return nil }
    let cure =
      algorithm.rewards.normalizesReturns ? "raise algorithm.gradient_clip" : "set normalize.returns = true"
    return
      "the gradient's norm is \(Self.shown(report.update.gradientNorm)), and is cut to algorithm.gradient_clip = "
      + "\(largest) in every update: \(cure)"
  }

  /// Looks at the actions of every fifth iteration.
  private mutating func pinned(_ report: Learner.Report, _ learner: borrowing Learner) -> String? {
    guard !told.contains(.pinned), report.iteration % 5 == 0 else { return nil }
    let found = PinnedAction(learner.rollout, learner.policy, learner.lanes.actionSpace)
    guard isToTell(.pinned, found != nil, after: 4), let found else { return nil }
    return
      "the action's number \(found.index) is \(Self.shown(found.bound)), a bound of its box, in "
      + "\(Int(100 * found.fraction)) % of the steps: policy.action_units = box puts the actions into the box"
  }

  private static func shown(_ x: Double) -> String { "\((x * 1000).rounded() / 1000)" }
}

/// A number of the action that is at one of its bounds in nearly all steps.
struct PinnedAction {
  let index: Int
  let bound: Double
  let fraction: Double

  /// The least part of the steps.
  static let least = 0.99

  /// Looks for such a number in a rollout.
  ///
  /// - Parameters:
  ///   - rollout: the steps.
  ///   - policy: the policy that drew their actions.
  ///   - space: the actions.
  init?(_ rollout: Rollout, _ policy: Policy, _ space: Space) {
    let (bounds, limits, size) = (ActionBounds(space), space.valueBounds, space.valueCount)
    var (atLow, atHigh, count) = (Array(repeating: 0, count: size), Array(repeating: 0, count: size), 0)
    var applied = Array(repeating: Float(0), count: size)
    for lane in rollout.lanes {
      for first in stride(from: 0, to: lane.actions.count, by: size) {
        bounds.clamp(policy, lane.actions.span.extracting(first..<first + size), into: &applied)
        for k in 0..<size {
          if Double(applied[k]) <= limits.low[k] { atLow[k] += 1 }
          if Double(applied[k]) >= limits.high[k] { atHigh[k] += 1 }
        }
        count += 1
      }
    }
    let isOfBox = space.leaves.flatMap { Array(repeating: $0.isBox, count: $0.kind.valueCount) }
    for k in 0..<size where count > 0 && isOfBox[k] && limits.low[k] < limits.high[k] {
      for (hits, bound) in [(atLow[k], limits.low[k]), (atHigh[k], limits.high[k])]
      where Double(hits) >= Self.least * Double(count) && bound.isFinite {
        (index, self.bound, fraction) = (k, bound, Double(hits) / Double(count))
        return
      }
    }
    return nil
  }
}

extension Space.Leaf {
  fileprivate var isBox: Bool {
    if case .box = kind { true } else { false }
  }
}
