internal import Policies

/// How a rollout becomes other parameters: from whole trajectories, or from advantages.
protocol LearningMethod {
  /// How much the iteration of this number samples.
  func amount(_ iteration: Int) -> Sampler.Amount

  /// Moves the parameters.
  ///
  /// - Throws: ``UpdateFailure`` when a number is not finite; ``state`` and `learned` are then somewhere in between.
  mutating func update(
    _ learned: inout Learned, from rollout: Rollout, _ moment: Moment
  ) throws(UpdateFailure) -> UpdateReport

  /// ĝ of a rollout, where the method makes one.
  ///
  /// - Throws: ``LearnerError`` for a rollout that the estimator refuses, or when there is no one gradient.
  mutating func gradient(of rollout: Rollout, _ θ: Parameters) throws(LearnerError) -> [Float]

  /// The number of complete trajectories, or the number of equally weighted ones that they were worth in the last update.
  func effectiveSampleSize(of count: Int) -> Double

  /// What the next update depends on, beside the parameters.
  var state: MethodState { get set }
}

/// When an update is made.
struct Moment {
  /// The number of the iteration, counted from 1.
  var iteration: Int
  /// The part of the run that is still to come, from 1 to 0.
  var remaining: Double
  /// The factor of the rates.
  var rate: Double
  /// Where the time goes, if somebody asks.
  var profile: Profile?
}

/// What the next update of a method depends on, beside the parameters.
struct MethodState {
  /// The optimizer of a critic that is fitted by itself.
  var critic: (any Optimizer)?
  /// The running deviation of returns.
  var scale: ReturnScale?
}
