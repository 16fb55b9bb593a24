/// The time that a run spends in each phase; exactly one phase is active at any time.
///
/// A change of phase reads the clock, which takes tens of nanoseconds; a run without a profile never reads it.
public final class Profile {
  /// The phases of a run.
  public enum Phase: Int, CaseIterable, Sendable {
    /// Evaluating the policy: network, sampling of actions, log π.
    case acting
    /// Resets and steps, including everything between the policy and the environment.
    case stepping
    /// Copying observations, actions and rewards to the rollout.
    case recording
    /// Computing the critic's values, the advantages and their batch.
    case advantages
    /// Gradient estimates and optimizer steps.
    case updating
    /// Writing metrics, checkpoints and progress.
    case logging
  }

  private let clock = ContinuousClock()
  private var phase = Phase.logging
  private var since: ContinuousClock.Instant
  private var sums = Array(repeating: Duration.zero, count: Phase.allCases.count)

  /// Starts in the logging phase.
  public init() { since = clock.now }

  /// Ends the current phase and begins another.
  public func enter(_ next: Phase) {
    let now = clock.now
    sums[phase.rawValue] += now - since
    (phase, since) = (next, now)
  }

  /// The time spent in a phase, up to the last change of phase.
  public subscript(_ phase: Phase) -> Duration { sums[phase.rawValue] }
}
