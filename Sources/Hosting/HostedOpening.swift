internal import AscentEnvironments
internal import AscentExperiments
internal import AscentPythonEnvironments
internal import AscentRandomness

extension Configuration {
  /// The source of a hosted environment's random numbers.
  var hostedRandomness: EnvironmentRandomness {
    switch environmentRandomness {
    case .streams: .streams(generator)
    case .episodes: .episodes(generator)
    case .native: .native
    }
  }
}

/// Opens a hosted environment: one instance for each lane, or one vector environment for several lanes.
struct HostedOpening {
  private let configuration: Configuration
  private let opening: PythonOpening
  private let randomness: EnvironmentRandomness
  private let interpreter: Interpreter

  init(
    _ reference: String, _ configuration: Configuration, start: () throws(ExperimentError) -> Interpreter
  ) throws(ExperimentError) {
    self.configuration = configuration
    opening = try PythonOpening(reference, configuration)
    randomness = configuration.hostedRandomness
    interpreter = try start()
  }

  /// Opens the lanes of a request.
  ///
  /// - Throws: ``ExperimentError`` when the environment cannot be opened, or a setting does not apply to it.
  func open(_ request: LaneRequest) throws(ExperimentError) -> BareEnvironments {
    do {
      try interpreter.drawOutside(configuration.generator, seed: request.seed)
    } catch {
      throw ExperimentError(error)
    }
    if configuration.capturesRandomness { try captureRandomness() }
    if request.rendering != nil, configuration.vector > 0 {
      throw .usage(
        "a vector environment has no picture of one lane; environments that are stepped one by one can be filmed: "
          + "--set environment.vector=0")
    }
    var bare = BareEnvironments(versions: versions)
    bare.runtime = interpreter
    let leftOut =
      configuration.vector > 0 ? try openVectors(request, in: &bare) : try openLanes(request, in: &bare)
    if !leftOut.isEmpty { bare.notices = ["text observations are omitted: \(leftOut)"] }
    if !interpreter.hasFixedHashes {
      bare.notices.append(
        "this program started Python with random hashes, so an environment that iterates over a set may give other bits in "
          + "the next run: set PYTHONHASHSEED=0")
    }
    return bare
  }

  private var versions: [(String, String)] {
    let report = interpreter.report
    return [
      ("ascent", AscentVersion.current), ("gsl", RandomGenerator.libraryVersion), ("python", report.version),
      ("gymnasium", report.gymnasiumVersion ?? "none"), ("numpy", report.numpyVersion ?? "none"),
    ]
  }

  // MARK: Separate lanes

  /// Opens the environments; returns the parts of the observation that are left out, as text.
  private func openLanes(
    _ request: LaneRequest, in bare: inout BareEnvironments
  ) throws(ExperimentError) -> String {
    var leftOut = ""
    for lane in request.hosted {
      let environment = try environment(lane: lane, request.rendering)
      leftOut = environment.leftOut
      bare.horizon = configuration.timeLimit > 0 ? configuration.timeLimit : environment.timeLimit
      let limited: any Environment = bare.horizon.map { TimeLimit(environment, limit: $0) } ?? environment
      bare.add(limited, toleratesFaults: configuration.onFault == .resetLane)
      if lane == request.hosted.lowerBound { bare.process = { environment.process } }
    }
    return leftOut
  }

  private func environment(
    lane: Int, _ rendering: Rendering? = nil
  ) throws(ExperimentError) -> PythonEnvironment {
    var opening = opening
    opening.rendering = rendering.map { ($0, lane) }
    do {
      return try PythonEnvironment(opening, lane: lane, randomness: randomness, interpreter: interpreter)
    } catch {
      throw ExperimentError(
        lane > 0 ? error.adding("lane \(lane); if a process can have only one: --lanes 1") : error)
    }
  }

  // MARK: Vectors

  /// Opens the environments; returns the parts of the observation that are left out, as text.
  private func openVectors(
    _ request: LaneRequest, in bare: inout BareEnvironments
  ) throws(ExperimentError) -> String {
    try refuseSettingsOfLanes()
    let size = request.isInVectors ? configuration.vector : 1
    var leftOut = ""
    for first in stride(from: request.hosted.lowerBound, to: request.hosted.upperBound, by: size) {
      let vector = try vector(firstLane: first, count: size)
      (leftOut, bare.horizon) = (vector.leftOut, vector.timeLimit)
      bare.environments += vector.environments
      if size > 1 { bare.vectors.append(vector) }
    }
    return leftOut
  }

  private func vector(firstLane: Int, count: Int) throws(ExperimentError) -> PythonVector {
    do {
      return try PythonVector(
        opening, count: count, firstLane: firstLane, randomness: randomness, interpreter: interpreter)
    } catch {
      throw ExperimentError(error)
    }
  }

  private func refuseSettingsOfLanes() throws(ExperimentError) {
    guard configuration.environmentRandomness != .episodes else {
      throw .usage(
        "a vector environment resets its environments by itself, without seeds; omit --environment-rng episodes or "
          + "--vector")
    }
    guard configuration.timeLimit == 0 else {
      throw .usage("a vector environment ends its own episodes; omit environment.time_limit")
    }
    guard configuration.onFault == .stop else {
      throw .usage(
        "a fault of a vector environment affects all its lanes; omit --on-fault reset-lane or --vector"
      )
    }
    guard !configuration.masksActions else {
      throw .usage(
        "action masks of vector environments are not supported; omit environment.action_masks or --vector"
      )
    }
    guard opening.emissions.isEmpty else {
      throw .usage("emissions in Python apply to one environment at a time; omit them or --vector")
    }
  }

  // MARK: Python's own generators

  private func captureRandomness() throws(ExperimentError) {
    guard configuration.environmentRandomness != .native else {
      throw .usage(
        "--capture-rng makes an environment draw from Ascent's streams, --environment-rng native from its own; "
          + "omit one of them")
    }
    do {
      guard try interpreter.captureRandomness() else { return }
    } catch {
      throw ExperimentError(error)
    }
    // Open one environment and discard it, so that its modules load now: what they draw while loading then comes from a
    // stream of no lane, the same in every process.
    let noLane = Int(UInt32.max)
    if configuration.vector > 0 {
      try refuseSettingsOfLanes()
      _ = try vector(firstLane: noLane, count: 1)
    } else {
      _ = try environment(lane: noLane)
    }
  }
}
