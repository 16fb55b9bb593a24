import AscentPolicies
import Foundation
import Testing

@testable import AscentExperiments

@Suite("What the policy said when it acted")
struct PolicyWatchTests {
  /// Trains a native environment, and replays an episode of it.
  private func replay(
    _ environment: String, _ settings: [(String, String)], lane: Int, episode: Int
  ) throws -> (EpisodeReplay, bits: String) {
    let folder = FileManager.default.temporaryDirectory.path + "/ascent-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var configuration = Configuration(environment: environment)
    for (key, value) in [("run.steps", "3000"), ("run.lanes", "4")] + settings {
      try configuration.set(key, typed: value)
    }
    var training = try Training(configuration, folder: RunFolder(folder), host: Host())
    let outcome = try training.run()
    let wanted = WantedEpisode(lane: lane, number: episode, isFilmed: true, isWatched: true)
    let replay = try EpisodeReplay(
      wanted, of: RunFolder(folder), host: Host(), isInterrupted: { false }, keep: { _ in })
    return (replay, outcome.bits)
  }

  @Test(
    "The probability that the overlay shows for the chosen action is the one with which it was drawn",
    arguments: [[], [("policy.memory", "gru")], [("policy.trunk", "shared")]] as [[(String, String)]])
  func choices(settings: [(String, String)]) throws {
    let (replay, _) = try replay("native:cartpole", settings, lane: 2, episode: 9)
    let episode = replay.episode
    #expect(replay.views.count == episode.rewards.count)
    #expect(replay.iterations.count >= 1)
    for (t, view) in replay.views.enumerated() {
      guard case .choices(let probabilities) = try #require(view.actions.first) else {
        Issue.record("no choices")
        return
      }
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
      let p = probabilities[Int(episode.actions[t])]
      #expect(abs(log(p) - episode.logProbabilities[t]) < 1e-5)
      #expect(view.value != nil)
    }
  }

  @Test("Mean and deviation in the environment's units give the density with which the action was drawn")
  func numbers() throws {
    let (replay, _) = try replay("native:pendulum", [], lane: 1, episode: 1)
    let episode = replay.episode
    #expect(replay.views.count == episode.rewards.count)
    for (t, view) in replay.views.enumerated() {
      guard case .numbers(let spreads) = try #require(view.actions.first) else {
        Issue.record("no numbers")
        return
      }
      let coordinate = try #require(episode.coordinates[0])
      let drawn = coordinate.position(of: episode.drawnActions[t])
      let deviation = spreads[0].high - spreads[0].middle
      #expect(abs(spreads[0].middle - spreads[0].low - deviation) < 1e-5)
      let z = (drawn - spreads[0].middle) / deviation
      let density = -0.5 * (z * z + log(2 * .pi)) - log(deviation)
      #expect(abs(density - episode.logProbabilities[t]) < 1e-4)
    }
  }
}
