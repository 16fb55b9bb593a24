public import AscentEnvironments

/// The environment of a configuration, opened for each lane, with the versions of everything that affects the results.
public struct OpenedEnvironment {
  /// The lanes.
  public let lanes: Lanes
  /// Names and versions of everything that affects the results.
  public let versions: [(String, String)]
  /// Notices for the user.
  public let notices: [String]
  /// The interpreter of hosted environments; nil for native ones.
  let runtime: (any HostedRuntime)?
  private let tolerant: [FaultTruncation]
  private let process: () -> MarkovDecisionProcess?
  private let horizon: Int?

  /// The tables of a finite process and the number of steps after which episodes end; nil unless both are known and the
  /// policy observes the state itself.
  public var finiteProcess: (process: MarkovDecisionProcess, horizon: Int)? {
    guard let horizon, let process = process() else { return nil }
    return (process, horizon)
  }

  /// A fault that ended an episode, but not the run: the last fault of the last lane of this process that had one.
  var lastFault: EnvironmentError? { tolerant.lazy.compactMap(\.lastFault).last }

  /// Returns the notices that arose since the last call, while this process's environments were stepped.
  func takeNotices() -> [String] { lanes.takeNotices().map(\.text) }

  /// Opens the environment of a configuration.
  ///
  /// - Parameters:
  ///   - configuration: the environment and its options.
  ///   - request: the lanes and their streams.
  ///   - host: the catalog of names, and the Python of hosted environments.
  /// - Throws: ``ExperimentError`` when ENV, its Python or its package cannot be opened.
  public init(
    _ configuration: Configuration, _ request: LaneRequest, host: Host
  ) throws(ExperimentError) {
    guard request.laneCount > 0 else {
      throw .usage("a run needs at least one lane, not \(request.laneCount)")
    }
    let bare: BareEnvironments
    switch try EnvironmentReference(configuration.environment, configuration.catalog) {
    case .native(let entry):
      bare = try BareEnvironments(entry, configuration, lanes: request.hosted)
    case .hosted(let reference):
      bare = try host.hosting(of: reference).open(reference, configuration, request, host.catalog)
    }
    (versions, runtime, tolerant) = (bare.versions, bare.runtime, bare.tolerant)
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
    let space = bare.environments.first?.observationSpace ?? lanes.observationSpace
    notices = bare.notices + configuration.pictureNotices(of: space, observing: lanes.observationSpace)
  }
}

extension Configuration {
  /// True if the policy receives exactly the environment's observations, one at a time.
  var showsBareObservations: Bool {
    emissions.isEmpty && alsoObserves.isEmpty && frameStack == 1 && memory == .none
  }

  /// Wraps environments, from the inside out: in the order of pictures' axes, the settings' emissions, `also_observe`,
  /// the frame stack and the window.
  fileprivate func wrapped(
    _ bare: [any Environment], horizon: Int?
  ) throws(ExperimentError) -> [any Environment] {
    var environments = bare
    let parts = Set(alsoObserves)
    guard !parts.contains(.time) || horizon != nil else {
      throw .usage("environment.also_observe = time needs a time limit; set environment.time_limit")
    }
    if let space = bare.first?.observationSpace, let axes = try pictureAxes(of: space) {
      environments = environments.map { PictureAxes($0, axes) }
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
    // policy.memory = window=k is a stack of the observations after all other wrappers.
    if case .window(let count) = memory { environments = environments.map { FrameStack($0, count: count) } }
    return environments
  }
}
