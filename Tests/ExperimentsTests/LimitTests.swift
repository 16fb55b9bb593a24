import AscentExperiments
import AscentPolicyGradients
import Testing

@Suite("The numbers of settings, typed and in a program")
struct LimitTests {
  private typealias Change = @Sendable (inout AlgorithmSettings, Double) -> Void

  private static let numbers: [(key: String, change: Change)] = [
    ("algorithm.gamma", { $0.estimation.gamma = $1 }), ("algorithm.lambda", { $0.estimation.lambda = $1 }),
    ("algorithm.weight_clip", { $0.estimation.weightClip = $1 }),
    ("algorithm.clip", { $0.estimation.clip = $1 }),
    ("algorithm.target_kl", { $0.minibatches.targetDivergence = $1 }),
    ("algorithm.entropy", { $0.minibatches.entropy.weight = $1 }),
    ("algorithm.rate", { $0.optimization.rate = $1 }),
    ("algorithm.optimizer_epsilon", { $0.optimization.epsilon = $1 }),
    ("algorithm.weight_decay", { $0.optimization.weightDecay = $1 }),
    ("algorithm.advantage_floor", { $0.minibatches.advantageFloor = $1 }),
    ("algorithm.gradient_clip", { $0.minibatches.gradientClip = $1 }),
    ("algorithm.value_weight", { $0.value.weight = $1 }), ("algorithm.value_clip", { $0.value.clip = $1 }),
    ("algorithm.critic_rate", { $0.critic.rate = $1 }),
    ("algorithm.trust_region", { $0.natural.trustRegion = $1 }),
    ("algorithm.damping", { $0.natural.damping = $1 }),
    ("algorithm.line_search_factor", { $0.natural.lineSearchFactor = $1 }),
    ("normalize.reward_clip", { $0.rewards.clip = $1 }),
  ]

  private static let wholeNumbers: [(key: String, change: Change)] = [
    ("algorithm.epochs", { $0.minibatches.epochs = Int($1) }),
    ("algorithm.minibatch", { $0.minibatches.size = Int($1) }),
    ("algorithm.critic_epochs", { $0.critic.epochs = Int($1) }),
    ("algorithm.critic_minibatch", { $0.critic.minibatch = Int($1) }),
    ("algorithm.conjugate_steps", { $0.natural.conjugateSteps = Int($1) }),
    ("algorithm.line_search_steps", { $0.natural.lineSearchSteps = Int($1) }),
    ("algorithm.sequence", { $0.truncation.length = Int($1) }),
    ("rollout.steps", { $0.stepsPerLane = Int($1) }),
    ("policy.exploration_steps", { $0.explorationSteps = Int($1) }),
  ]

  private func accepts(_ key: String, _ typed: String, _ change: (inout AlgorithmSettings) -> Void) -> (
    Bool, Bool
  ) {
    var configuration = Configuration(environment: "native:cartpole")
    let isTyped: Bool = (try? configuration.set(key, typed: typed)) != nil
    // One pass with the reward to go contradicts none of the numbers.
    var settings = AlgorithmSettings.ppo
    change(&settings)
    do throws(LearnerError) {
      _ = try settings.algorithm()
      return (isTyped, true)
    } catch {
      guard case .setting(let found, _, _) = error else { return (isTyped, true) }
      #expect(found == key)
      return (isTyped, false)
    }
  }

  @Test func `a program may set what a user may type, and nothing else`() {
    for (key, change) in Self.numbers {
      for x in [-1, -0.0001, 0, 0.5, 0.9999, 1, 1.0001, 3, 999, .infinity, .nan] {
        let (typed, set) = accepts(key, "\(x)") { change(&$0, x) }
        #expect(typed == set, "\(key) = \(x)")
      }
    }
    for (key, change) in Self.wholeNumbers {
      for x in [-1, 0, 1, 2, 1000, 1001, 1_000_000, 1_000_001, 1_000_000_000, 1_000_000_001] {
        let (typed, set) = accepts(key, "\(x)") { change(&$0, Double(x)) }
        #expect(typed == set, "\(key) = \(x)")
      }
    }
  }

  @Test(arguments: [0, -1]) func `no lanes are an error`(count: Int) throws {
    let configuration = Configuration(environment: "native:cartpole")
    let host = Host()
    let error = #expect(throws: ExperimentError.self) {
      _ = try OpenedEnvironment(configuration, .evaluation(seed: 1, lanes: count), host: host)
    }
    #expect(error.map { "\($0)" } == "a run needs at least one lane, not \(count)")
  }

  @Test func `every number of an algorithm is compared`() {
    let compared = Set((Self.numbers + Self.wholeNumbers).map(\.key) + ["algorithm.burn_in"])
    for setting in Configuration.settings where Configuration.isSetByAlgorithm(setting.key) {
      switch setting.value(in: Configuration(environment: "native:cartpole")) {
      case .integer, .number: #expect(compared.contains(setting.key), "\(setting.key)")
      default: break
      }
    }
  }
}
