internal import AscentEnvironments
public import AscentPolicies

// The state of a learner between two iterations, for checkpoints.
extension Learner {
  private static let criticPrefix = "critic."

  /// The state after the last complete iteration.
  public var state: LearnerState {
    var (moments, counts) = (learned.optimizer.moments, [learned.optimizer.stepCount, 0])
    let own = method.state
    if let critic = own.critic {
      moments += critic.moments.map { (Self.criticPrefix + $0.name, $0.values) }
      counts[1] = critic.stepCount
    }
    var records: [(name: String, values: [Double])] = []
    if let scale = own.scale { records.append(("returns", scale.record)) }
    if let standardizer { records.append(("observations", standardizer.record)) }
    return LearnerState(
      parameters: learned.parameters, moments: moments, optimizerSteps: counts, iteration: iteration,
      steps: steps, records: records, open: sampler.open, memorySize: policy.stateSize)
  }

  /// Restores a state, and the lanes' environments by repeating the steps of their open episodes.
  ///
  /// - Throws: ``LearnerError/contradiction(_:)``, before anything is changed, if the state's sizes are not this learner's;
  ///   ``LearnerError/environment(_:)`` if an environment fails, ``LearnerError/notReplayed(lane:)`` if its last observation
  ///   differs from the recorded one. After these two the next iteration tries to restore the environments again.
  public mutating func restore(_ state: LearnerState) throws(LearnerError) {
    let current = self.state
    guard state.parameters.values.count == current.parameters.values.count,
      state.open.count == current.open.count,
      state.optimizerSteps.count == current.optimizerSteps.count,
      state.moments.allSatisfy({ $0.values.count <= current.parameters.values.count }),
      state.records.map(\.name) == current.records.map(\.name),
      state.records.map(\.values.count) == current.records.map(\.values.count)
    else {
      throw LearnerError.contradiction("the state is not one of this learner: its arrays have other sizes")
    }
    if let fault = sampler.fault(of: state.open) { throw LearnerError.contradiction("\(fault)") }
    learned.parameters = state.parameters
    learned.optimizer.moments = state.moments.filter { !$0.name.hasPrefix(Self.criticPrefix) }
    learned.optimizer.stepCount = state.optimizerSteps.first ?? 0
    (iteration, steps) = (state.iteration, state.steps)
    var own = method.state
    own.critic?.moments = state.moments.filter { $0.name.hasPrefix(Self.criticPrefix) }.map {
      (name: String($0.name.dropFirst(Self.criticPrefix.count)), values: $0.values)
    }
    own.critic?.stepCount = state.optimizerSteps.last ?? 0
    for (name, values) in state.records {
      if name == "returns" { own.scale?.record = values }
      if name == "observations" { standardizer?.record = values }
    }
    method.state = own
    try replay(state.open)
  }

  mutating func replay(_ open: [OpenEpisode]) throws(LearnerError) {
    let strayed: Int?
    do throws(EnvironmentError) {
      strayed = try sampler.replay(open)
    } catch {
      throw LearnerError.environment(error)
    }
    if let strayed { throw LearnerError.notReplayed(lane: strayed) }
  }
}

/// The state that a learner's next iteration depends on, except for the lanes' episode counters.
public struct LearnerState: Sendable {
  /// The parameters θ.
  public var parameters: Parameters
  /// The optimizers' vectors, each with its name.
  public var moments: [(name: String, values: [Float])]
  /// The optimizers' step counters: the actor's, and that of a critic with its own optimizer.
  public var optimizerSteps: [Int]
  /// The numbers of iterations and environment steps so far.
  public var iteration, steps: Int
  /// The normalizers' statistics, each with its name.
  public var records: [(name: String, values: [Double])]
  /// The open episode of each lane.
  public var open: [OpenEpisode]
  /// Floats of a lane's recurrent state.
  public var memorySize: Int
}
