internal import Policies
internal import Randomness

/// Fits a critic by itself: V to its targets, by passes of minibatches with an Adam of its own.
struct CriticUpdate {
  private let settings: CriticFit
  private var gradient: BatchGradient
  private var minibatch = Minibatch()
  /// Its Adam.
  var optimizer: any Optimizer

  init(_ settings: CriticFit, _ policy: Policy, with collective: any Collective) {
    self.settings = settings
    gradient = BatchGradient(policy, with: collective)
    optimizer = Adam(rate: settings.rate)
  }

  /// Moves the critic.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - batch: the steps, with their targets.
  ///   - rollout: where they were observed.
  ///   - schedule: the factor of the rate.
  ///   - stream: what the order of the steps is drawn from.
  ///   - report: told of the error.
  /// - Throws: ``UpdateFailure`` when a number is not finite.
  mutating func fit(
    _ θ: inout Parameters, to batch: Batch, in rollout: Rollout, schedule: Double,
    drawing stream: RandomStream, into report: inout UpdateReport
  ) throws(UpdateFailure) {
    optimizer.rate = settings.rate * schedule
    for _ in 0..<settings.epochs {
      var (error, count) = (0.0, 0.0)
      for units in batch.minibatches(size: settings.minibatch, drawing: stream) {
        minibatch.gather(units, of: batch, in: rollout, sliceSize: gradient.sliceSize)
        let (n, steps) = (Double(minibatch.count), minibatch.steps)
        gradient.compute(minibatch, θ, .critic) { slice, terms in
          for (k, t) in slice.rows.enumerated() {
            let slope = CriticError.slope(slice.values[k], target: steps.targets[t], &terms.valueError)
            slice.weights.values[k] = -slope / n
          }
        }
        error += gradient.terms.valueError
        count += n
        _ = try gradient.finiteNorm()
        optimizer.ascend(&θ, along: gradient.gradient)
      }
      report.valueError = error / count
    }
  }
}

/// The squared error of V.
enum CriticError {
  /// ∂/∂V of (V − target)², or of the larger of it and the error of V clamped to its old value ± clip; the square is added to
  /// `sum`.
  static func slope(
    _ v: Double, target: Double, before: Double = 0, clip: Double = 0, _ sum: inout Double
  ) -> Double {
    let square = (v - target) * (v - target)
    sum += square
    guard clip > 0 else { return 2 * (v - target) }
    let clamped = before + min(max(v - before, -clip), clip)
    guard (clamped - target) * (clamped - target) > square else { return 2 * (v - target) }
    return abs(v - before) < clip ? 2 * (clamped - target) : 0
  }
}

/// Fitting the critic by itself, with an Adam of its own.
public struct CriticFit: Sendable, Equatable {
  /// How many passes over a rollout.
  public var epochs = 0
  /// Steps in a minibatch; 0 for the whole rollout.
  public var minibatch = 64
  /// The rate of its Adam.
  public var rate = 0.001

  /// No pass.
  public init() {}
}
