import AscentTestSupport
import Foundation
import Testing

/// `mean return` at the end of a run: that of the last 100 training episodes.
@Suite struct `The mean return of a run` {
  private func mean(_ arguments: [String]) throws -> Double {
    let command = try Command.run(["train"] + arguments + ["--json"])
    #expect(command.code == 0, "\(command.error)")
    return try #require(command.lines.last?["mean_return"] as? Double)
  }

  /// The kth episode of a lane has one step and the return k, so the last 50 of each of two lanes are known.
  @Test func `is that of the last 100 episodes, or of all`() throws {
    let scratch = try Scratch()
    try """
    import gymnasium, numpy
    class Counter(gymnasium.Env):
        observation_space = gymnasium.spaces.Box(-1, 1, (1,), numpy.float32)
        action_space = gymnasium.spaces.Discrete(2)
        episode = 0
        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            self.episode += 1
            return numpy.zeros(1, numpy.float32), {}
        def step(self, action):
            return numpy.zeros(1, numpy.float32), float(self.episode), True, False, {}
    """.write(toFile: scratch("counter.py"), atomically: true, encoding: .utf8)
    let line = [scratch("counter.py") + ":Counter", "--lanes", "2", "--set", "rollout.steps=16", "--out"]
    #expect(try mean(line + [scratch("long"), "--steps", "640"]) == (271 + 320) / 2)
    #expect(try mean(line + [scratch("short"), "--steps", "64"]) == (1 + 32) / 2)
  }

  @Test func `is the same by two processes and after a resumption`() throws {
    let scratch = try Scratch()
    let line = ["native:cartpole", "--lanes", "4", "--set", "rollout.steps=64", "--out"]
    let whole = try mean(line + [scratch("whole"), "--steps", "4096"])
    #expect(try mean(line + [scratch("two"), "--steps", "4096", "--workers", "2"]) == whole)
    _ = try mean(line + [scratch("part"), "--steps", "2048"])
    #expect(try mean(line + [scratch("part"), "--steps", "4096", "--resume"]) == whole)
    // A run that has nothing left to do says what it said before.
    #expect(try mean(line + [scratch("part"), "--steps", "4096", "--resume"]) == whole)
  }
}
