internal import ArgumentParser
internal import Experiments

/// `ascent check ENV`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what is known exactly of a native problem: the best returns with and without memory.",
    discussion: """
      How far is a policy from the best possible one? The bounds are worked out from the problem's tables (by \
      dynamic programming over states and over beliefs) or matrices (Riccati, Kalman), for episodes of \
      environment.time_limit steps. The memoryless one is the best of several ascents along exact gradients.
      """)

  @Argument(help: ArgumentHelp("A native problem, such as native:tiger.", valueName: "env"))
  var environment: String

  @Option(help: "γ of the returns.")
  var discount = 1.0

  @OptionGroup var environmentOptions: EnvironmentOptions
  @Flag(help: "Print one JSON object per line on standard output.")
  var json = false

  func run() throws {
    var configuration = Configuration(environment: environment)
    try environmentOptions.apply(to: &configuration)
    let found = try ProblemBounds(of: configuration, discount: discount)
    if json {
      let pairs: [(String, JSON)] = [
        ("event", .text("bounds")), ("env", .text(environment)), ("horizon", .integer(found.horizon)),
        ("discount", .number(discount)),
      ]
      let values = found.bounds.map { ($0.key, $0.value.map { .number($0) } ?? .null) as (String, JSON) }
      Terminal.writeLine(JSON.object(pairs + values).line)
      return
    }
    Terminal.writeLine("\(environment), \(found.horizon) steps, discount \(discount)")
    for bound in found.bounds {
      let name = bound.key.replacing("_", with: " ")
      let value = bound.value.map { Terminal.fixed($0, 3) } ?? "too large"
      let gap = String(repeating: " ", count: max(1, 28 - name.count - value.count))
      Terminal.writeLine("\(name)\(gap)\(value)  \(bound.words)")
    }
  }
}
