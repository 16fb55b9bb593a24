public import Environments
internal import PythonEnvironments

/// The environment of a configuration, opened once for each lane, and the versions of what hosts it.
public struct OpenedEnvironment {
  /// The lanes.
  public let lanes: Lanes
  /// Names and versions that decide its bits.
  public let versions: [(String, String)]
  /// What a user should know about it.
  public let notices: [String]
  /// The Python of hosted environments.
  let interpreter: Interpreter?
  private let tolerant: [FaultTruncation]
  private let process: () -> MarkovDecisionProcess?
  private let horizon: Int?

  /// The tables of the process and the number of steps after which episodes end, where both are known and a policy observes
  /// the state itself.
  public var finiteProcess: (process: MarkovDecisionProcess, horizon: Int)? {
    guard let horizon, let process = process() else { return nil }
    return (process, horizon)
  }

  /// A fault of this process's lanes that ended an episode and not the run: the last one of its lane.
  var lastFault: EnvironmentError? { tolerant.lazy.compactMap(\.lastFault).last }

  /// Opens the environment of a configuration.
  ///
  /// - Parameters:
  ///   - configuration: names the environment and its options.
  ///   - request: which lanes, and their streams.
  ///   - host: starts Python when the environment needs it.
  /// - Throws: ``ExperimentError`` when ENV, its Python or its package cannot be opened.
  public init(
    _ configuration: Configuration, _ request: LaneRequest, host: Host
  ) throws(ExperimentError) {
    let bare: BareEnvironments
    switch try EnvironmentReference(configuration.environment, configuration.catalog) {
    case .native(let entry):
      bare = try BareEnvironments(entry, configuration, lanes: request.hosted)
    case .hosted(let reference):
      bare = try HostedOpening(reference, configuration, host).open(request)
    }
    (versions, notices, interpreter, tolerant) = (
      bare.versions, bare.notices, bare.interpreter, bare.tolerant
    )
    (process, horizon) = (configuration.showsBareObservations ? bare.process : { nil }, bare.horizon)
    do {
      lanes = try Lanes(
        try configuration.wrapped(bare.environments, horizon: bare.horizon), seed: request.seed,
        purpose: request.purpose, share: (request.hosted, request.laneCount), vectors: bare.vectors,
        restartingAfter: configuration.vectorSteps)
    } catch let error as ExperimentError {
      throw error
    } catch {
      throw .usage("\(error)")
    }
  }
}

extension Configuration {
  /// Whether a policy is shown each observation of the environment, and nothing else.
  var showsBareObservations: Bool {
    emissions.isEmpty && alsoObserves.isEmpty && frameStack == 1 && memory == .none
  }

  /// Puts around environments what stands between them and the policy.
  fileprivate func wrapped(
    _ bare: [any Environment], horizon: Int?
  ) throws(ExperimentError) -> [any Environment] {
    var environments = bare
    let parts = Set(alsoObserves)
    guard !parts.contains(.time) || horizon != nil else {
      throw .usage("environment.also_observe = time needs a time limit; set environment.time_limit")
    }
    let emissions = emissions.native
    if !emissions.isEmpty {
      do throws(PartialObservationError) {
        for lane in environments.indices {
          environments[lane] = try PartialObservation(
            environments[lane], emissions, horizon: horizon, generator: generator)
        }
      } catch {
        if case .randomness(let error) = error { throw ExperimentError(error) }
        throw .usage("\(error)")
      }
    }
    if !parts.isEmpty { environments = environments.map { AlsoObserve($0, parts, limit: horizon ?? 1) } }
    if frameStack > 1 { environments = environments.map { FrameStack($0, count: frameStack) } }
    // The window of policy.memory goes through the network with the newest observation: it is a stack of all that is shown.
    if case .window(let count) = memory { environments = environments.map { FrameStack($0, count: count) } }
    return environments
  }
}
