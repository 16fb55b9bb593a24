public import AscentRandomness

/// A wrapper that truncates the episode at its last valid observation when the environment fails.
///
/// The policy then no longer learns from the environment alone, so a run reports that it uses this wrapper.
public final class FaultTruncation: EnvironmentWrapper, ContractKeeper {
  /// The wrapped environment, which may fail.
  public let base: any Environment
  /// The last fault.
  public private(set) var lastFault: EnvironmentError?
  /// True: what the wrapped environment returns is checked here.
  public var keepsContract: Bool { true }
  private var sound: [Float]
  private let contract: Contract?
  /// The key of the current episode and its number of steps, for the location of a fault.
  private var key = StreamKey(seed: 0, purpose: .environment)
  private var steps = 0

  /// Wraps `base`.
  public init(_ base: any Environment) {
    self.base = base
    sound = Array(repeating: 0, count: base.observationSize)
    contract = base.isChecked ? nil : Contract(of: base)
  }

  /// Starts an episode; a fault in a reset ends the run, since there is no observation to truncate at.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    (self.key, steps) = (key, 0)
    try base.reset(key, into: &observation)
    try check(reward: 0, observation)
    record(observation)
  }

  /// Takes one step; a fault becomes a truncation with reward 0.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    do throws(EnvironmentError) {
      steps += 1
      let step = try base.step(action, into: &observation)
      try check(reward: step.reward, observation)
      record(observation)
      return step
    } catch {
      lastFault = error
      for k in sound.indices { observation[k] = sound[k] }
      return Step(reward: 0, end: .truncated, isFault: true)
    }
  }

  private func check(reward: Double, _ observation: borrowing MutableSpan<Float>) throws(EnvironmentError) {
    guard let fault = contract?.fault(reward: reward, observation) else { return }
    throw EnvironmentError(
      lane: Int(key.lane), episode: Int(key.episode), step: steps, seed: key.seed, fault: fault)
  }

  private func record(_ observation: borrowing MutableSpan<Float>) {
    for k in sound.indices { sound[k] = observation[k] }
  }
}
