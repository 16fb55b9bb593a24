public import Environments
internal import PythonEnvironments
internal import Randomness

/// What `ascent check` finds out: whether a run can rely on an environment, and how far a policy can get in it.
public struct EnvironmentReport {
  /// The answers, in the order in which they were found.
  public let findings: [EnvironmentCheck.Finding]
  /// What is known exactly, of the problems of which something is.
  public let bounds: ProblemBounds?

  /// Tries an environment out.
  ///
  /// - Parameters:
  ///   - given: names it, its options and the seed.
  ///   - steps: how many steps each trial makes.
  ///   - discount: γ of the bounds.
  ///   - host: starts Python when the environment needs it.
  /// - Throws: ``ExperimentError`` when it cannot be opened.
  public init(
    on given: Configuration, steps: Int, discount: Double, host: Host
  ) throws(ExperimentError) {
    var configuration = given
    // What a fault ends in a run is not asked here: it is to be seen.
    configuration.onFault = .stop
    guard configuration.vector == 0 else {
      throw .usage("ascent check looks at one environment; leave environment.vector away")
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
    // What does not keep its contract would only raise again; and Python's trials know no masks.
    if configuration.masksActions, interpreter != nil {
      findings.append(
        EnvironmentCheck.Finding(
          "python", .noted,
          "other generators, memory and Gymnasium's checker are not looked at: they act without masks"))
    } else if let interpreter, !findings.contains(where: { $0.name == "contract" && $0.verdict == .failed }) {
      do {
        findings += try interpreter.findings(
          about: configuration.environment, register: configuration.register, steps: steps)
      } catch {
        throw .python(error)
      }
    }
    self.findings = findings
  }

  /// Whether nothing failed.
  public var isGood: Bool { findings.allSatisfy { $0.verdict != .failed } }
}
