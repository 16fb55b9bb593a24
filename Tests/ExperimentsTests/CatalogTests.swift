import AscentEnvironments
import AscentPolicies
import AscentPolicyGradients
import AscentRegistries
import Testing

@testable import AscentExperiments

/// The reward of the next step, and nothing later.
private struct NextReward: OnPolicyEstimator {
  var unit: EstimatorUnit { .step }
  func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    for t in c.indices { c[t] = trajectory.rewards[t] }
  }
}

extension EstimatorEntry {
  fileprivate static let nextReward = EstimatorEntry(
    "next-reward", help: "the reward of the step", isUnbiased: false, expectation: .unknown,
    estimatesObjective: false, rule: .trajectories { _ in NextReward() })
}

@Suite struct `A catalog` {
  @Test func `knows what a program added, and what it does not know it names`() throws {
    var catalog = Catalog.standard
    try catalog.estimators.add(.nextReward)
    var configuration = Configuration(environment: "native:two-state", catalog: catalog)
    try configuration.set("algorithm.name", typed: "reinforce")
    try configuration.set("algorithm.estimator", typed: "next-reward")
    #expect(configuration.algorithm.rule.makeEstimator() is NextReward)
    let error = #expect(throws: ExperimentError.self) {
      try configuration.set("algorithm.estimator", typed: "next-rewards")
    }
    #expect("\(try #require(error))".contains("next-reward"))
    // What one program adds no other catalog has.
    var plain = Configuration(environment: "native:two-state")
    #expect(throws: ExperimentError.self) { try plain.set("algorithm.estimator", typed: "next-reward") }
  }

  /// A run of such settings could be trained, and not be opened again.
  @Test func `refuses settings with entries that it does not have`() throws {
    var catalog = Catalog.standard
    var configuration = Configuration(environment: "native:two-state", catalog: catalog)
    try configuration.checkNames()
    configuration.algorithm.optimizer = OptimizerEntry("secret", help: "x") { GradientAscent(rate: $0.rate) }
    let error = #expect(throws: ExperimentError.self) { try configuration.checkNames() }
    #expect("\(try #require(error))".contains("secret"))
    try catalog.optimizers.add(configuration.algorithm.optimizer)
    configuration = Configuration(environment: "native:two-state", catalog: catalog)
    try configuration.set("algorithm.optimizer", typed: "secret")
    try configuration.checkNames()
  }

  @Test func `does not let a name change its meaning`() throws {
    var catalog = Catalog.standard
    try catalog.estimators.add(.nextReward)
    let error = #expect(throws: NameTaken.self) { try catalog.estimators.add(.nextReward) }
    #expect("\(try #require(error))" == "there is an estimator 'next-reward' already; choose another name")
    #expect(throws: NameTaken.self) { try catalog.optimizers.add(.adam) }
  }

  @Test func `has distinct names with a line of help each`() {
    func check<Entry: RegistryEntry>(_ registry: Registry<Entry>) {
      #expect(Set(registry.names).count == registry.entries.count && !registry.entries.isEmpty)
      for entry in registry.entries {
        #expect(!entry.help.isEmpty && !entry.name.contains { $0 == " " || $0 == "," }, "\(entry.name)")
      }
    }
    let catalog = Catalog.standard
    check(catalog.environments)
    check(catalog.emissions)
    check(catalog.algorithms)
    check(catalog.estimators)
    check(catalog.baselines)
    check(catalog.surrogates)
    check(catalog.optimizers)
    check(catalog.distributions)
  }
}
