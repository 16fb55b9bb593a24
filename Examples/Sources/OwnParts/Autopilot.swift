import ArgumentParser
import Ascent
import AscentCommand

/// A command beside those of `ascent`: the mean return of a hand-written controller.
struct Autopilot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a hand-written controller, to compare trained policies with.")

  @Option(help: "The number of episodes.")
  var episodes = 100

  @Option(help: "The seed of the episodes.")
  var seed: UInt64 = 1

  func validate() throws {
    guard (1...1_000_000).contains(episodes) else {
      throw ValidationError("--episodes takes a whole number from 1 to 1000000")
    }
  }

  func run() throws {
    let environment = TimeLimit(try Docking(), limit: Docking.timeLimit)
    var total = 0.0
    var observation = [Float](repeating: 0, count: environment.observationSize)
    for episode in 0..<episodes {
      try environment.reset(
        StreamKey(seed: seed, purpose: .environment, episode: UInt32(episode)), into: &observation)
      var isOver = false
      while !isOver {
        let thrust = min(max(-2 * observation[0] - 4 * observation[1], -1), 1)
        let step = try environment.step([thrust].span, into: &observation)
        total += step.reward
        isOver = step.end != nil
      }
    }
    print("mean return \(total / Double(episodes)) over \(episodes) episodes")
  }
}
