/// Where the time of a run goes: the process is in one phase at any time, and each has a sum.
///
/// A change of phase reads the clock, tens of nanoseconds; a run that has no profile reads none.
public final class Profile {
  /// What a run is busy with.
  public enum Phase: Int, CaseIterable, Sendable {
    /// The policy: network, draw, log π.
    case acting
    /// Resets and steps, and everything between the policy and the environment.
    case stepping
    /// What is seen, done and earned goes into the rollout.
    case recording
    /// The critic's values, advantages and the batch of them.
    case advantages
    /// Estimates of gradients, and the optimizer.
    case updating
    /// Metrics, checkpoints, progress.
    case logging
  }

  private let clock = ContinuousClock()
  private var phase = Phase.logging
  private var since: ContinuousClock.Instant
  private var sums = Array(repeating: Duration.zero, count: Phase.allCases.count)

  /// Starts in the phase of logging.
  public init() { since = clock.now }

  /// Ends the phase before and begins this one.
  public func enter(_ next: Phase) {
    let now = clock.now
    sums[phase.rawValue] += now - since
    (phase, since) = (next, now)
  }

  /// The time in a phase, up to the last change.
  public subscript(_ phase: Phase) -> Duration { sums[phase.rawValue] }
}
