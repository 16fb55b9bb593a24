internal import AscentPolicies
internal import AscentRandomness

/// Fits a critic separately: minimizes the squared error of V in minibatch passes, with its own Adam optimizer.
struct CriticUpdate {
  private let settings: CriticFit
  private var gradient: BatchGradient
  private var minibatch = Minibatch()
  /// The critic's Adam optimizer.
  var optimizer: any Optimizer

  init(_ settings: CriticFit, _ policy: Policy, with collective: any Collective) {
    self.settings = settings
    gradient = BatchGradient(policy, with: collective)
    optimizer = Adam(rate: settings.rate)
  }

  /// The number of passes over a rollout; nil if each process reads all observations.
  var passes: Int? { gradient.passes(settings.epochs, inMinibatchesOf: settings.minibatch) }

  /// Fits the critic to its targets.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - batch: the steps, with their targets.
  ///   - rollout: the rollout with the steps' observations.
  ///   - schedule: the factor of the rate.
  ///   - stream: the stream that the order of the steps is drawn from.
  ///   - report: receives the error.
  /// - Throws: ``UpdateFailure`` if a number is not finite.
  mutating func fit(
    _ θ: inout Parameters, to batch: Batch, in rollout: inout Rollout, schedule: Double,
    drawing stream: RandomStream, into report: inout UpdateReport
  ) throws(UpdateFailure) {
    optimizer.rate = settings.rate * schedule
    for _ in 0..<settings.epochs {
      var (error, count) = (0.0, 0.0)
      let minibatches = batch.minibatches(size: settings.minibatch, drawing: stream)
      gradient.fetch(minibatches, of: batch, into: &rollout)
      for units in minibatches {
        minibatch.gather(units, of: batch, sliceSize: gradient.sliceSize)
        let (n, steps) = (Double(minibatch.count), minibatch.steps)
        gradient.compute(minibatch, of: rollout, θ, .critic) { slice, terms in
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
  /// The derivative of the critic's loss with respect to V; the unclipped squared error is added to `sum`.
  ///
  /// The loss is (V − target)² or, with a clip, the larger of it and the squared error of V clamped to old V ± clip.
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

/// The settings of fitting the critic separately, with its own Adam optimizer.
public struct CriticFit: Sendable, Equatable {
  /// The number of passes over a rollout.
  public var epochs = 0
  /// The number of steps in a minibatch; 0 for the whole rollout.
  public var minibatch = 64
  /// The rate of the critic's Adam.
  public var rate = 0.001

  /// Makes settings with no passes.
  public init() {}
}
