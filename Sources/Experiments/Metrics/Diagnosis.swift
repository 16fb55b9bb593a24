internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

/// The watch over a run: it says once, in one line with a cure, what has kept the run from learning for many iterations.
///
/// Everything is read from reports and rollouts, which are the same in every process; nothing is changed, so the bits
/// stay as they are.
struct Diagnosis {
  /// The numbers from which an iteration counts as ailing, and for how long it must ail.
  private enum Limits {
    static let iterations = 20
    /// The part of the budget without two different returns.
    static let budget = 0.25
    /// The steps of a lane without the end of an episode.
    static let endless = 10_000
    /// The explained variance of a blind critic, and for how many iterations.
    static let explained = 0.02
    static let blindIterations = 80
    /// The fraction of clipped steps; it rarely exceeds ½, since a clip is only active on one side.
    static let clipped = 0.3
    /// Multiples of the target, if there is one.
    static let divergence = 10.0
    /// Multiples of the largest norm.
    static let norm = 20.0
    /// The fall of the entropy of a whole action, in nats.
    static let entropy = 0.5
  }

  private enum Ailment {
    case blind, pinned, endless, equal, collapsed, clipped, divergent, steep
  }

  /// The ailments, each with the number of iterations in a row that had it.
  private var lasting: [Ailment: Int] = [:]
  private var told: Set<Ailment> = []
  private let configuration: Configuration
  /// True if the run began in this process, so that all its returns were seen.
  private let isWhole: Bool
  private var returns: ClosedRange<Double>?
  private var firstEntropy: Double?
  private var stepsWithoutEnd = 0

  /// Begins to watch.
  ///
  /// - Parameters:
  ///   - configuration: the settings of the run.
  ///   - isResumed: true if the run had steps before.
  init(_ configuration: Configuration, isResumed: Bool) {
    (self.configuration, isWhole) = (configuration, !isResumed)
  }

  private var algorithm: AlgorithmSettings { configuration.algorithm }

  /// An ailment that an iteration may have.
  private struct Symptom {
    let ailment: Ailment
    let isThere: Bool
    /// The number of iterations in a row after which it is told.
    var iterations = Limits.iterations
    let sentence: () -> String
  }

  /// Takes the results of an iteration, and returns the sentences to tell.
  mutating func notices(_ report: Learner.Report, of learner: borrowing Learner) -> [String] {
    see(report, learner.lanes.count)
    var symptoms = [
      endless(), equal(learner.steps), collapsed(report), blind(report), clipped(report), divergent(report),
      steep(report),
    ]
    // Actions are looked at in every fifth iteration.
    if !told.contains(.pinned), report.iteration % 5 == 0 { symptoms.append(pinned(learner)) }
    return symptoms.compactMap { symptom in
      let count = symptom.isThere ? lasting[symptom.ailment, default: 0] + 1 : 0
      lasting[symptom.ailment] = count
      guard count >= symptom.iterations, told.insert(symptom.ailment).inserted else { return nil }
      return symptom.sentence()
    }
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

  /// The value of the run's only return so far; nil if there were different ones, none, or unseen ones.
  private var onlyReturn: Double? {
    guard isWhole, let returns, returns.lowerBound == returns.upperBound else { return nil }
    return returns.lowerBound
  }

  private func endless() -> Symptom {
    let steps = stepsWithoutEnd
    return Symptom(ailment: .endless, isThere: steps >= Limits.endless, iterations: 1) {
      "no episode has ended in \(steps) steps of each lane: set environment.time_limit to end them after a number of steps"
    }
  }

  private func equal(_ steps: Int) -> Symptom {
    let only = onlyReturn
    let isLate = Double(steps) >= Limits.budget * Double(configuration.steps)
    return Symptom(ailment: .equal, isThere: only != nil && isLate) {
      "every episode of the first \(steps) steps has returned \(Self.shown(only ?? .nan)), so there is nothing to learn "
        + "from: a different return must be reached by chance first; algorithm.entropy keeps actions varied"
    }
  }

  private func collapsed(_ report: Learner.Report) -> Symptom {
    let first = firstEntropy ?? .nan
    let isLower = report.entropy < first - Limits.entropy
    return Symptom(ailment: .collapsed, isThere: onlyReturn != nil && isLower) {
      "the entropy fell from \(Self.shown(first)) to \(Self.shown(report.entropy)) nats before two episodes had different "
        + "returns: raise algorithm.entropy"
    }
  }

  private func blind(_ report: Learner.Report) -> Symptom {
    let isBlind = algorithm.usesAdvantages && report.update.explainedVariance < Limits.explained
    let cure =
      isScaled
      ? algorithm.standardization == .none
        ? "set normalize.observations = boxes" : "it may see too little, or learn too slowly"
      : "set normalize.returns = true"
    return Symptom(
      ailment: .blind, isThere: isBlind && onlyReturn == nil, iterations: Limits.blindIterations
    ) {
      "the critic has explained less than \(Self.percent(Limits.explained)) of the returns' variance for "
        + "\(Limits.blindIterations) iterations: \(cure)"
    }
  }

  private func clipped(_ report: Learner.Report) -> Symptom {
    let fraction = report.update.clipFraction
    return Symptom(ailment: .clipped, isThere: fraction > Limits.clipped) {
      "the ratios of \(Self.percent(fraction)) of the steps are clipped: lower algorithm.rate or algorithm.epochs"
    }
  }

  private func divergent(_ report: Learner.Report) -> Symptom {
    let (target, found) = (algorithm.minibatches.targetDivergence, report.update.divergence)
    return Symptom(ailment: .divergent, isThere: target > 0 && found > Limits.divergence * target) {
      "the divergence of an update is \(Self.shown(found)), far beyond algorithm.target_kl = \(target): lower "
        + "algorithm.rate or raise algorithm.minibatch"
    }
  }

  private func steep(_ report: Learner.Report) -> Symptom {
    let (largest, norm) = (algorithm.minibatches.gradientClip, report.update.gradientNorm)
    let cure = isScaled ? "raise algorithm.gradient_clip" : "set normalize.returns = true"
    return Symptom(ailment: .steep, isThere: largest > 0 && norm > Limits.norm * largest) {
      "the gradient's norm is \(Self.shown(norm)), and is cut to algorithm.gradient_clip = \(largest) in every update: "
        + cure
    }
  }

  private func pinned(_ learner: borrowing Learner) -> Symptom {
    let found = PinnedAction(learner.rollout, learner.policy, learner.lanes.actionSpace)
    let cure =
      configuration.actionUnits == .environment
      ? "set policy.action_units = box"
      : "try policy.distribution = squashed, or a lower policy.log_deviation"
    return Symptom(ailment: .pinned, isThere: found != nil, iterations: 4) {
      "the action's number \(found?.index ?? 0) is \(Self.shown(found?.bound ?? .nan)), a bound of its box, in "
        + "\(Self.percent(found?.fraction ?? 0)) of the steps: \(cure)"
    }
  }

  /// True if rewards are divided by the returns' deviation, or cannot be.
  private var isScaled: Bool { algorithm.rewards.normalizesReturns || !algorithm.usesAdvantages }

  private static func shown(_ x: Double) -> String { "\((x * 1000).rounded() / 1000)" }

  private static func percent(_ x: Double) -> String { "\(Int(100 * x)) %" }
}
