public import AscentEnvironments
internal import AscentRandomness

/// The result of `ascent check`: tests of an environment's contract, and bounds on the return of any policy.
public struct EnvironmentReport {
  /// The findings, in the order of the tests.
  public let findings: [EnvironmentCheck.Finding]
  /// The exact bounds on the return, for problems where they can be computed.
  public let bounds: ProblemBounds?

  /// Tests an environment.
  ///
  /// - Parameters:
  ///   - given: the environment, its options and the seed.
  ///   - steps: the number of steps of each trial.
  ///   - discount: γ of the bounds.
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - onStep: called after each step of the trials; they end when it returns false.
  /// - Throws: ``ExperimentError`` when the environment cannot be opened, or the trials were ended.
  public init(
    on given: Configuration, steps: Int, discount: Double, host: Host,
    onStep: @escaping () -> Bool = { true }
  ) throws(ExperimentError) {
    var configuration = given
    // Report every fault here, even if `environment.on_fault` would continue a run after it.
    configuration.onFault = .stop
    guard (1...1_000_000).contains(steps) else {
      throw .usage("--steps takes a number from 1 to 1000000, not \(steps)")
    }
    guard discount >= 0, discount <= 1 else {
      throw .usage("--discount takes a number from 0 to 1, not \(discount)")
    }
    bounds = try ProblemBounds(of: configuration, discount: discount)
    var isHosted = false
    var refusal: EnvironmentCheck.Finding?
    let streams: [RandomStream]
    do {
      let key = StreamKey(seed: configuration.seed, purpose: .actions)
      streams = try (0..<2).map { _ throws(RandomnessError) in
        try RandomStream(key, generator: configuration.generator)
      }
    } catch {
      throw ExperimentError(error)
    }
    var findings = try EnvironmentCheck.findings(
      steps: steps, seed: configuration.seed, drawing: streams, laneCount: min(2, configuration.lanes),
      onStep: onStep
    ) { seed, count throws(ExperimentError) in
      let opened = try OpenedEnvironment(configuration, .trial(seed: seed, lanes: count), host: host)
      try Self.checkSize(opened.lanes, steps)
      isHosted = opened.runtime != nil
      refusal = refusal ?? Self.refusal(configuration, opened.lanes)
      return opened.lanes
    }
    guard !findings.isEmpty else { throw .interrupted }
    if let refusal { findings.append(refusal) }
    if let untested = Self.untested(configuration), isHosted {
      findings.append(untested)
    } else if isHosted, !findings.contains(where: { $0.name == "contract" && $0.verdict == .failed }) {
      findings += try host.hosting(of: configuration.environment).findings(
        about: configuration, steps: steps, host.catalog)
    }
    if isHosted {
      findings += try Self.episodes(configuration, findings, steps, streams, host, onStep)
    }
    self.findings = findings
  }

  /// The largest number of floats that a test keeps: 1 GB of observations.
  private static let mostKept = 1 << 28

  /// Throws if the observations of `steps` steps, which each test keeps, need too much memory.
  private static func checkSize(_ lanes: Lanes, _ steps: Int) throws(ExperimentError) {
    let most = mostKept / max(1, lanes.observationSize)
    guard steps > most else { return }
    throw .usage(
      "each test keeps the observations of \(steps) steps, of \(lanes.observationSize) numbers each, which is too much "
        + "memory; give --steps \(max(1, most)) or less")
  }

  /// The finding of an environment for whose spaces `ascent train` has no policy; nil if it has one.
  private static func refusal(_ configuration: Configuration, _ lanes: Lanes) -> EnvironmentCheck.Finding? {
    do throws(ExperimentError) {
      _ = try configuration.policy(in: lanes)
      return nil
    } catch {
      return EnvironmentCheck.Finding("policy", .failed, "ascent train refuses it: \(error)")
    }
  }

  /// The finding about the tests inside of Python, which take a single environment and act without masks; nil if they
  /// apply.
  private static func untested(_ configuration: Configuration) -> EnvironmentCheck.Finding? {
    let reason: String
    if configuration.vector > 0 {
      reason = "those tests take a single environment; the others took vectors of one environment"
    } else if configuration.masksActions {
      reason = "those tests act without masks"
    } else {
      return nil
    }
    return EnvironmentCheck.Finding(
      "python", .noted, "other generators, memory and Gymnasium's checker are not tested: \(reason)")
  }

  /// Tries `--environment-rng episodes` where a seed does not determine an environment or an episode cannot be replayed;
  /// returns a finding if that helps.
  private static func episodes(
    _ given: Configuration, _ findings: [EnvironmentCheck.Finding], _ steps: Int, _ streams: [RandomStream],
    _ host: Host, _ onStep: @escaping () -> Bool
  ) throws(ExperimentError) -> [EnvironmentCheck.Finding] {
    let helped = ["seed", "lanes", "replay"]
    guard given.environmentRandomness == .streams, given.vector == 0,
      findings.contains(where: { $0.verdict == .failed && helped.contains($0.name) })
    else { return [] }
    var configuration = given
    configuration.environmentRandomness = .episodes
    let again = try EnvironmentCheck.findings(
      steps: steps, seed: given.seed, drawing: streams, laneCount: min(2, given.lanes), onStep: onStep
    ) {
      seed, count throws(ExperimentError) in
      try OpenedEnvironment(configuration, .trial(seed: seed, lanes: count), host: host).lanes
    }
    guard !again.isEmpty else { throw .interrupted }
    guard helped.allSatisfy({ name in again.contains { $0.name == name && $0.verdict == .passed } }) else {
      return []
    }
    return [
      EnvironmentCheck.Finding(
        "seeds", .noted, "with a seed at each reset these tests pass: \(helped.joined(separator: ", "))",
        advice: "--environment-rng episodes")
    ]
  }

  /// True if no test failed.
  public var isGood: Bool { findings.allSatisfy { $0.verdict != .failed } }
}
