public import AscentRandomness

/// A wrapper that truncates the episode at its last valid observation when the environment fails.
///
/// The policy then no longer learns from the environment alone, so a run reports that it uses this wrapper.
public final class FaultTruncation: EnvironmentWrapper {
  /// The wrapped environment, which may fail.
  public let base: any Environment
  /// The last fault.
  public private(set) var lastFault: EnvironmentError?
  private var sound: [Float]

  /// Wraps `base`.
  public init(_ base: any Environment) {
    self.base = base
    sound = Array(repeating: 0, count: base.observationSize)
  }

  /// Starts an episode; a fault in a reset ends the run, since there is no observation to truncate at.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &observation)
    record(observation)
  }

  /// Takes one step; a fault becomes a truncation with reward 0.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    do throws(EnvironmentError) {
      let step = try base.step(action, into: &observation)
      record(observation)
      return step
    } catch {
      lastFault = error
      for k in sound.indices { observation[k] = sound[k] }
      return Step(reward: 0, end: .truncated, isFault: true)
    }
  }

  private func record(_ observation: borrowing MutableSpan<Float>) {
    for k in sound.indices { sound[k] = observation[k] }
  }
}
