internal import ArgumentParser
internal import Experiments
internal import PolicyGradients
internal import PythonEnvironments

/// `ascent environments`.
struct Environments: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the native environments and the ids that the Python knows.")

  @OptionGroup var environmentOptions: EnvironmentOptions
  @Flag(help: "Print one JSON object per line on standard output.")
  var json = false

  func run() throws {
    for problem in EnvironmentReference.NativeProblem.allCases {
      show("native:\(problem.rawValue)", problem.summary)
    }
    let identifiers: [String]
    do {
      identifiers = try environmentOptions.host.start().environmentIdentifiers()
    } catch {
      Terminal.writeError("no hosted environments: \(error)\n")
      return
    }
    for identifier in identifiers { show(identifier, nil) }
  }

  private func show(_ name: String, _ summary: String?) {
    if json {
      let pairs: [(String, JSON)] = [("event", .text("environment")), ("env", .text(name))]
      Terminal.writeLine(JSON.object(pairs + (summary.map { [("summary", .text($0))] } ?? [])).line)
    } else {
      let gap = String(repeating: " ", count: max(2, 20 - name.count))
      Terminal.writeLine(name + (summary.map { gap + $0 } ?? ""))
    }
  }
}

/// `ascent algorithms`.
struct Algorithms: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the named algorithms with their settings.")

  @Flag(help: "Print one JSON object per line on standard output.")
  var json = false

  func run() throws {
    for algorithm in Algorithm.all {
      if json {
        let line = JSON.object([
          ("event", .text("algorithm")), ("name", .text(algorithm.name)),
          ("estimator", .text(algorithm.rule.estimator.rawValue)),
          ("baseline", .text(algorithm.rule.baseline.rawValue)), ("gamma", .number(algorithm.rule.gamma)),
          ("optimizer", .text(algorithm.optimizer.rawValue)), ("rate", .number(algorithm.rate)),
          ("rollout_steps", .integer(algorithm.stepsPerLane)),
        ])
        Terminal.writeLine(line.line)
      } else {
        let gap = String(repeating: " ", count: max(2, 20 - algorithm.name.count))
        Terminal.writeLine(algorithm.name + gap + algorithm.summary)
      }
    }
  }
}
