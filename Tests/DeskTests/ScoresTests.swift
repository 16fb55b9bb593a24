import AscentDesk
import Testing

@Suite struct ScoresTests {
  @Test func `a gap counts what is below the goal, and nothing above it`() {
    #expect(optimalityGap([400, 500, 520], goal: 500) == 500 - (400 + 500 + 500) / 3.0)
    #expect(optimalityGap([600], goal: 500) == 0)
  }

  @Test func `a tie counts as a half`() {
    #expect(probabilityOfImprovement([1, 2, 3], over: [2]) == 0.5)
    #expect(probabilityOfImprovement([5, 6], over: [1, 6]) == 0.625)
  }

  @Test func `the variance is the unbiased one`() { #expect(variance([1, 3, 5]) == 4) }
}
