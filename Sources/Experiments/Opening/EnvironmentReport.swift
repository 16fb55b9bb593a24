public import Environments
internal import PythonEnvironments
internal import Randomness

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
  /// - Throws: ``ExperimentError`` when the environment cannot be opened.
  public init(
    on given: Configuration, steps: Int, discount: Double, host: Host
  ) throws(ExperimentError) {
    var configuration = given
    // Report every fault here, even if `environment.on_fault` would continue a run after it.
    configuration.onFault = .stop
    guard configuration.vector == 0 else {
      throw .usage("ascent check tests a single environment; omit environment.vector")
    }
    guard (1...1_000_000).contains(steps) else {
      throw .usage("--steps takes a number from 1 to 1000000, not \(steps)")
    }
    guard discount >= 0, discount <= 1 else {
      throw .usage("--discount takes a number from 0 to 1, not \(discount)")
    }
    bounds = try ProblemBounds(of: configuration, discount: discount)
    var interpreter: Interpreter?
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
      steps: steps, seed: configuration.seed, drawing: streams
    ) { seed, count throws(ExperimentError) in
      let opened = try OpenedEnvironment(configuration, .trial(seed: seed, lanes: count), host: host)
      interpreter = opened.interpreter
      return opened.lanes
    }
    // Python's trials act without masks, and an environment that broke its contract would only raise again.
    if configuration.masksActions, interpreter != nil {
      findings.append(
        EnvironmentCheck.Finding(
          "python", .noted,
          "other generators, memory and Gymnasium's checker are not tested: those tests act without masks"))
    } else if let interpreter, !findings.contains(where: { $0.name == "contract" && $0.verdict == .failed }) {
      let opening = try PythonOpening(configuration.environment, configuration)
      do {
        findings += try interpreter.findings(about: opening, steps: steps)
      } catch {
        throw .python(error)
      }
    }
    self.findings = findings
  }

  /// True if no test failed.
  public var isGood: Bool { findings.allSatisfy { $0.verdict != .failed } }
}
