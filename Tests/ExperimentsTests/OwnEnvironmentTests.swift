import AscentEnvironments
import AscentRandomness
import Foundation
import Testing

@testable import AscentExperiments

/// An environment of the program that trains.
@Suite struct `An own environment` {
  /// Its observation is the time, which becomes NaN in the fourth step of an episode.
  private final class Clock: Environment {
    let observationSpace = Space.box(low: [0], high: [100])
    let actionSpace = Space.discrete(2)
    private var time: Float = 0

    func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) {
      time = 0
      observation[0] = time
    }

    func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
      time += 1
      observation[0] = time < 4 ? time : .nan
      return Step(reward: 1, end: nil)
    }
  }

  private func configuration(onFault: String) throws -> Configuration {
    var configuration = Configuration(environment: "clock")
    (configuration.steps, configuration.lanes) = (64, 2)
    try configuration.set("rollout.steps", typed: "16")
    try configuration.set("environment.on_fault", typed: onFault)
    return configuration
  }

  @Test func `ends its run with a fault, or its episodes if they may be reset`() throws {
    let path = FileManager.default.temporaryDirectory.path + "/ascent-own-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var stopping = try Training(configuration(onFault: "stop"), folder: RunFolder(path + "/a")) { _ in Clock()
    }
    let error = #expect(throws: (any Error).self) { _ = try stopping.run() }
    #expect("\(try #require(error))".contains("step 4"))
    var going = try Training(configuration(onFault: "reset-lane"), folder: RunFolder(path + "/b")) { _ in
      Clock()
    }
    #expect(try going.run().faults == 16)
  }
}
