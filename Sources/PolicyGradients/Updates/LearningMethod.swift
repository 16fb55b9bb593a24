internal import AscentPolicies

/// A method that updates the parameters from a rollout: with whole trajectories or with advantages.
protocol LearningMethod {
  /// The amount that the iteration with this index samples.
  func amount(_ iteration: Int) -> Sampler.Amount

  /// The number of times that an update reads all observations of a rollout, each in an order of its own; nil if each process
  /// reads all.
  var passes: Int? { get }

  /// Updates the parameters.
  ///
  /// - Throws: ``UpdateFailure`` if a number is not finite; ``state`` and `learned` are then partially updated.
  mutating func update(
    _ learned: inout Learned, from rollout: inout Rollout, _ moment: Moment
  ) throws(UpdateFailure) -> UpdateReport

  /// Estimates ĝ from a rollout, if the method has a single gradient.
  ///
  /// - Throws: ``LearnerError`` if the estimator cannot use the rollout, or if the method has more than one gradient.
  mutating func gradient(of rollout: Rollout, _ θ: Parameters) throws(LearnerError) -> [Float]

  /// The effective sample size of `count` complete trajectories in the last update; on-policy, `count`.
  func effectiveSampleSize(of count: Int) -> Double

  /// The state that the next update depends on, besides the parameters.
  var state: MethodState { get set }
}

/// The time of an update in the run.
struct Moment {
  /// The index of the iteration, counted from 1.
  var iteration: Int
  /// The fraction of the run that remains, from 1 to 0.
  var remaining: Double
  /// The factor of the rates.
  var rate: Double
  /// The timing of the run's phases; nil if it is not measured.
  var profile: Profile?
}

/// The state that a method's next update depends on, besides the parameters.
struct MethodState {
  /// The optimizer of a critic that is fitted separately.
  var critic: (any Optimizer)?
  /// The running deviation of returns.
  var scale: ReturnScale?
}
