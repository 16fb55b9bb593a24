import AscentEnvironments
import AscentPolicyGradients
import AscentRandomness
import AscentTestSupport
import Testing

@Suite struct `A belief` {
  @Test func `is Bayes' rule`() throws {
    let tiger = try PartiallyObservedProcess.tiger()
    let (start, _) = try #require(Belief.initial(observing: 0, in: tiger))
    #expect(start.probabilities == [0.5, 0.5])
    let (once, p) = try #require(start.updated(after: 0, observing: 0, in: tiger))
    #expect(abs(once.probabilities[0] - 0.85) < 1e-15 && abs(p - 0.5) < 1e-15)
    let (twice, q) = try #require(once.updated(after: 0, observing: 0, in: tiger))
    #expect(abs(twice.probabilities[0] - 0.7225 / (0.7225 + 0.0225)) < 1e-15)
    #expect(abs(q - (0.85 * 0.85 + 0.15 * 0.15)) < 1e-15)
    // Opening a door puts the tiger anew.
    let (after, _) = try #require(twice.updated(after: 1, observing: 1, in: tiger))
    #expect(after.probabilities == [0.5, 0.5])
    #expect(abs(once.reward(of: 2, in: tiger.process) - (0.85 * 10 - 0.15 * 100)) < 1e-12)
  }

  @Test func `is certain of what was seen, and nil of what cannot be`() throws {
    let maze = try PartiallyObservedProcess.tMaze(corridor: 3)
    let (start, p) = try #require(Belief.initial(observing: 1, in: maze))
    #expect(p == 0.5 && start.probabilities[4] == 1)
    #expect(start.updated(after: 1, observing: 3, in: maze) == nil)
    #expect(Belief.initial(observing: 2, in: maze) == nil)
  }

  /// The frequencies of 20,000 histories of three steps; six deviations of each.
  @Test func `has the frequencies of states given histories`() throws {
    let process = try PartiallyObservedProcess.tiger()
    let tiger = try PartiallyObservedEnvironment(process)
    var counts: [[Int]: [Double]] = [:]
    for episode in 0..<20_000 {
      let key = StreamKey(seed: 5, purpose: .environment, episode: UInt32(episode))
      var o: [Float] = [0, 0]
      tiger.drawEmissions(from: StreamKey(seed: 5, purpose: .emissions, episode: UInt32(episode)))
      try tiger.reset(key, into: &o)
      var history: [Int] = []
      for _ in 0..<2 {
        _ = try tiger.step([Float(0)].span, into: &o)
        history.append(o[0] == 1 ? 0 : 1)
      }
      counts[history, default: [0, 0]][tiger.state] += 1
    }
    for (history, count) in counts {
      var belief = try #require(Belief.initial(observing: 0, in: process)).belief
      for o in history { belief = try #require(belief.updated(after: 0, observing: o, in: process)).belief }
      let (n, p) = (count[0] + count[1], belief.probabilities[0])
      #expect(abs(count[0] - n * p) < 6 * (n * p * (1 - p)).squareRoot())
    }
    #expect(counts.count == 4)
  }
}

@Suite struct `What no policy exceeds` {
  /// Values for the tiger from two independent solvers (value iteration over beliefs, and over histories).
  @Test(arguments: [(20, 1.0, 20.391), (50, 0.95, 17.760), (100, 0.95, 19.247)])
  func `is the belief's optimum of the tiger`(horizon: Int, discount: Double, expected: Double) throws {
    let found = BeliefOptimum.objective(try .tiger(), horizon: horizon, discount: discount)
    #expect(abs(try #require(found) - expected) < 6e-4)
  }

  @Test(arguments: [(20, 1.0, -20.0), (50, 0.95, -18.461), (100, 1.0, -100.0)])
  func `is listening for ever without memory`(horizon: Int, discount: Double, expected: Double) throws {
    let found = try MemorylessOptimum(.tiger(), horizon: horizon, discount: discount)
    #expect(abs(found.objective - expected) < 1e-3)
    #expect(found.probabilities[0] > 0.999 && found.probabilities[3] > 0.999)
  }

  @Test func `is known of the maze and of repeating`() throws {
    let maze = try PartiallyObservedProcess.tMaze(corridor: 4)
    let remembered = try #require(BeliefOptimum.objective(maze, horizon: 20))
    #expect(abs(remembered - 4) < 1e-12)
    // Half of the turns are right: (4 − 0.1)/2.
    #expect(abs(try MemorylessOptimum(maze, horizon: 20).objective - 1.95) < 1e-6)
    let repeating = try PartiallyObservedProcess.repeatPrevious()
    let horizon = PartiallyObservedProcess.repeatPreviousTimeLimit
    #expect(abs(try #require(BeliefOptimum.objective(repeating, horizon: horizon)) - 1) < 1e-9)
    #expect(abs(try MemorylessOptimum(repeating, horizon: horizon, starts: 2).objective + 0.5) < 1e-9)
  }

  @Test(arguments: 0..<6)
  func `narrows from seen states to one observation`(seed: UInt64) throws {
    let problem = try random(seed)
    let discount = seed % 2 == 0 ? 1 : 0.9
    let seen = OptimalValues(problem.process, horizon: 5, discount: discount).objective
    let later = BeliefOptimum.upperBound(problem, horizon: 5, discount: discount)
    let belief = try #require(BeliefOptimum.objective(problem, horizon: 5, discount: discount))
    let memoryless = try MemorylessOptimum(problem, horizon: 5, discount: discount)
    #expect(seen >= later - 1e-12 && later >= belief - 1e-12)
    #expect(belief >= memoryless.objective - 1e-12)
    // No deterministic policy of observations is better than what the ascents found.
    for policy in 0..<8 {
      let π: [Double] = (0..<3).flatMap { o -> [Double] in (policy >> o) & 1 == 0 ? [1, 0] : [0, 1] }
      let joint = try problem.joint()
      let value = returns(of: π, in: joint, shown: 3, horizon: 5, discount: discount)
      #expect(memoryless.objective >= value - 1e-6)
    }
    let π = memoryless.probabilities
    let again = returns(of: π, in: try problem.joint(), shown: 3, horizon: 5, discount: discount)
    #expect(abs(again - memoryless.objective) < 1e-9)
  }

  @Test func `is nil where beliefs are too many`() throws {
    #expect(BeliefOptimum.objective(try random(1), horizon: 40, most: 1000) == nil)
    #expect(BeliefOptimum.objective(try .tiger(), horizon: 40, most: 1000) != nil)
  }

  /// Three states, two actions, three observations, all drawn.
  private func random(_ seed: UInt64) throws -> PartiallyObservedProcess {
    let stream = try RandomStream(StreamKey(seed: seed, purpose: .environment))
    func rows(_ count: Int, _ size: Int) -> [Double] {
      (0..<count).flatMap { _ in
        let weights = (0..<size).map { _ in stream.uniform() + 0.01 }
        return weights.map { $0 / weights.reduce(0, +) }
      }
    }
    let process = try MarkovDecisionProcess(
      stateCount: 3, actionCount: 2, transition: rows(6, 3),
      reward: (0..<18).map { _ in stream.uniform() - 0.5 },
      initial: rows(1, 3), terminal: [false, false, seed % 3 == 0])
    return try PartiallyObservedProcess(
      process, observationCount: 3, emission: rows(6, 3), initialEmission: rows(3, 3))
  }

  /// J of a policy of observations, by a plain walk over time.
  private func returns(
    of π: [Double], in joint: MarkovDecisionProcess, shown: Int, horizon: Int, discount: Double
  ) -> Double {
    var (d, sum, factor) = (joint.initial, 0.0, 1.0)
    for _ in 0..<horizon {
      var next = d.map { _ in 0.0 }
      for x in d.indices where d[x] > 0 && !joint.terminal[x] {
        for a in 0..<joint.actionCount {
          for x2 in d.indices {
            let k = joint.index(x, a, x2)
            let p = d[x] * π[x % shown * joint.actionCount + a] * joint.transition[k]
            sum += factor * p * joint.reward[k]
            next[x2] += p
          }
        }
      }
      d = next
      factor *= discount
    }
    return sum
  }
}

@Suite struct `The best controller of a linear process` {
  /// 4,000 episodes; five standard errors, false alarms 6e-7.
  @Test(arguments: [true, false])
  func `returns what Riccati and Kalman say`(seesState: Bool) throws {
    let process = LinearGaussianProcess.mass
    let horizon = LinearGaussianProcess.massTimeLimit
    let optimum = LinearQuadraticOptimum(process, horizon: horizon)
    let environment = try LinearGaussianEnvironment(process)
    var returns: [Double] = []
    for episode in 0..<4000 {
      let episode = UInt32(episode)
      environment.drawEmissions(from: StreamKey(seed: 2, purpose: .emissions, episode: episode))
      var o: [Float] = [0]
      try environment.reset(StreamKey(seed: 2, purpose: .environment, episode: episode), into: &o)
      environment.drawTransitions(from: StreamKey(seed: 2, purpose: .transitions, episode: episode))
      var (estimate, sum) = ([0.0, 0.0], 0.0)
      for t in 0..<horizon {
        let error = Double(o[0]) - estimate[0]
        for k in 0..<2 { estimate[k] += optimum.filter[t][k] * error }
        if seesState { estimate = environment.state }
        let a = -(optimum.gains[t][0] * estimate[0] + optimum.gains[t][1] * estimate[1])
        sum += try environment.step([Float(a)].span, into: &o).reward
        estimate = [
          estimate[0] + 0.2 * estimate[1] + 0.02 * Double(Float(a)), estimate[1] + 0.2 * Double(Float(a)),
        ]
      }
      returns.append(sum)
    }
    let (mean, variance) = moments(returns)
    let expected = seesState ? optimum.objectiveOfState : optimum.objective
    #expect(abs(mean - expected) < 5 * (variance / 4000).squareRoot())
    #expect(optimum.objective < optimum.objectiveOfState)
  }
}
