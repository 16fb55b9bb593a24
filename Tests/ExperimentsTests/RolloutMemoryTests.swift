import Testing

@testable import AscentExperiments

@Suite struct `The memory of a rollout` {
  @Test func `is refused where it is not left, with what would fit`() throws {
    let large = RolloutMemory(lanes: 64, steps: 100_000, bytesPerStep: 28_256)
    #expect(large.bytes == 180_838_400_000)
    let error = #expect(throws: ExperimentError.self) { try large.check(available: 22_000_000_000) }
    #expect(
      error?.description
        == "a rollout of 100000 steps in each of 64 lanes takes 180.8 GB, and the machine has 22.0 GB left; "
        + "rollout.steps=10949 would fit")
    let advised = RolloutMemory(lanes: 64, steps: 10_949, bytesPerStep: 28_256)
    try advised.check(available: 22_000_000_000)
    try large.check(available: nil)
    #expect(throws: ExperimentError.self) {
      try RolloutMemory(lanes: 4096, steps: 8, bytesPerStep: 1_000_000).check(available: 1_000_000_000)
    }
  }

  #if os(Linux)
  @Test func `is compared with what the system says`() throws {
    let available = try #require(RolloutMemory.available)
    #expect(available > 10_000_000)
  }
  #endif
}
