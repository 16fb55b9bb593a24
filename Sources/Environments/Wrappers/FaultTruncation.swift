public import Randomness

/// An environment whose faults end the episode instead of the run: it is truncated at the last observation that was sound.
///
/// What the policy learns from is then no longer what the environment alone decides, so a run says that it does this.
public final class FaultTruncation: EnvironmentWrapper {
  /// The environment that may fail.
  public let base: any Environment
  /// The last fault.
  public private(set) var lastFault: EnvironmentError?
  private var sound: [Float]

  /// Lays it over `base`.
  public init(_ base: any Environment) {
    self.base = base
    sound = Array(repeating: 0, count: base.observationSize)
  }

  /// Starts an episode; an environment that fails to do so has nothing to go on with, and ends the run.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &observation)
    keep(observation)
  }

  /// Makes a step; a fault is a truncation that pays nothing.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    do throws(EnvironmentError) {
      let step = try base.step(action, into: &observation)
      keep(observation)
      return step
    } catch {
      lastFault = error
      for k in sound.indices { observation[k] = sound[k] }
      return Step(reward: 0, end: .truncated, isFault: true)
    }
  }

  private func keep(_ observation: borrowing MutableSpan<Float>) {
    for k in sound.indices { sound[k] = observation[k] }
  }
}
