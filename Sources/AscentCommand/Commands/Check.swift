internal import ArgumentParser
internal import AscentEnvironments
internal import AscentExperiments

/// `ascent check ENV`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Check that an environment fulfills its contract, is seeded, and can be replayed.",
    """
    Plays with random actions: twice with the same seed, once with another seed, with a second lane, and a single \
    episode by itself; compares them bit for bit. Searches Python for other random generators and growing memory, \
    and runs Gymnasium's own checker. Exits with 5 when a test failed.

    For native problems with known tables or matrices it also prints the best returns with and without memory (by \
    dynamic programming over states and beliefs, or by Riccati and Kalman), for environment.time_limit steps.
    """,
    examples: ["check CartPole-v1", "check envs/arrivals.py:Queue --steps 5000 --seed 2"],
    codes: ExitStatus.playing + [.checkFailed])

  @Argument(help: ArgumentHelp("The environment.", valueName: "env"), completion: Completions.environments)
  var environment: String

  @Option(help: "The number of steps of each test.", transform: Whole.number)
  var steps = 1000

  @Option(help: "The seed of the tests.", transform: Whole.number)
  var seed: UInt64 = 1

  @Option(help: "γ of the best returns.")
  var discount = 1.0

  @Flag(help: "Check the vector environment that ENV provides, in vectors of one environment.")
  var vector = false

  @OptionGroup var environmentOptions: EnvironmentOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    Interrupt.listen()
    var configuration = environmentOptions.configuration(of: environment)
    try configuration.set("run.seed", typed: String(seed))
    try environmentOptions.apply(to: &configuration)
    if vector, configuration.vector == 0 { try configuration.set("environment.vector", typed: "1") }
    // Most checks end before a line is due, so that their output is the findings alone.
    var (progress, made) = (LiveLine(isQuiet: false, after: .seconds(9)), 0)
    defer { progress.finish() }
    let report = try EnvironmentReport(
      on: configuration, steps: steps, discount: discount, host: environmentOptions.host,
      onStep: {
        made += 1
        // Five trials of Ascent's, then those of Python's.
        if progress.isDue {
          progress.show("\(Terminal.grouped(made)) steps of about \(Terminal.grouped(10 * steps))")
        }
        return !Interrupt.isRequested
      })
    guard !Interrupt.isRequested else { throw ExperimentError.interrupted }
    progress.finish()
    if format.json { showLines(report) } else { showTable(report) }
    if !report.isGood { throw ExitStatus.checkFailed.code }
  }

  private func showLines(_ report: EnvironmentReport) {
    for finding in report.findings {
      let line = JSON.object([
        ("event", .text("check")), ("env", .text(environment)), ("name", .text(finding.name)),
        ("verdict", .text(finding.verdict.rawValue)), ("text", .text(finding.text)),
        ("advice", .text(finding.advice)),
      ])
      Terminal.writeLine(line)
    }
    guard let known = report.bounds else { return }
    let pairs: [(String, JSON)] = [
      ("event", .text("bounds")), ("env", .text(environment)), ("horizon", .integer(known.horizon)),
      ("discount", .number(discount)),
    ]
    let values = known.bounds.map { ($0.key, $0.value.map { .number($0) } ?? .null) as (String, JSON) }
    Terminal.writeLine(JSON.object(pairs + values))
  }

  private func showTable(_ report: EnvironmentReport) {
    let indent = String(repeating: " ", count: 18)
    for finding in report.findings {
      let gap = String(repeating: " ", count: max(2, 12 - finding.name.count))
      // The text of a fault may include Python's traceback.
      let text = finding.text.replacing("\n", with: "\n" + indent)
      Terminal.writeLines("\(finding.verdict.rawValue)  \(finding.name)\(gap)\(text)")
      if !finding.advice.isEmpty { Terminal.writeLine("\(indent)→ \(finding.advice)") }
    }
    let count = { (verdict: EnvironmentCheck.Verdict) in report.findings.count { $0.verdict == verdict } }
    Terminal.writeLine(
      "\(environment): \(count(.passed)) passed, \(count(.failed)) failed, \(count(.noted)) notes")
    guard let known = report.bounds else { return }
    Terminal.writeLine("")
    Terminal.writeLine("the best returns of \(known.horizon) steps, discount \(discount)")
    for bound in known.bounds {
      let name = bound.key.replacing("_", with: " ")
      let value = bound.value.map { Terminal.fixed($0, 3) } ?? "too large"
      let gap = String(repeating: " ", count: max(1, 28 - name.count - value.count))
      Terminal.writeLine("\(name)\(gap)\(value)  \(bound.words)")
    }
  }
}
