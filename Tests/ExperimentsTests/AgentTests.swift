import AscentEnvironments
import AscentPolicyGradients
import AscentRandomness
import Foundation
import Testing

@testable import AscentExperiments

@Suite struct AgentTests {
  /// A folder that is removed at the end of a test.
  private final class Place {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("agent-\(UUID().uuidString)")
      .path
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  /// A run of a few iterations.
  private func run(_ environment: String, _ settings: [String], in place: Place) throws -> RunFolder {
    var configuration = Configuration(environment: environment)
    (configuration.steps, configuration.lanes) = (1_024, 4)
    for setting in ["rollout.steps=64", "policy.hidden=8"] + settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      try configuration.set(parts[0], typed: parts[1])
    }
    let folder = RunFolder(place.path + "/run")
    var training = try Training(configuration, folder: folder, host: Host())
    _ = try training.run()
    return folder
  }

  /// Actions, and the recurrent states after them, of the agent of a folder that has only the policy's two files.
  private func played(
    _ folder: RunFolder, by choice: Agent.Choice, like episodes: [PlayedEpisode], in place: Place
  ) throws -> [([Float], [Float])] {
    let configuration = try Configuration.ofRun(folder)
    let (files, copy) = (["policy.json", "policy.safetensors"], place.path + "/copy-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
    for file in files {
      try FileManager.default.copyItem(atPath: folder.path + "/" + file, toPath: copy + "/" + file)
    }
    guard case .native(let entry) = try EnvironmentReference(configuration.environment, .standard) else {
      return []
    }
    let agent = try Agent(
      SavedPolicy(contentsOf: RunFolder(copy)), choosing: choice, timeLimit: entry.timeLimit,
      explorationSteps: configuration.algorithm.explorationSteps, generator: configuration.generator)
    let lanes = try Lanes([entry.open(configuration.generator)], seed: 7, purpose: .evaluationEnvironment)
    return try episodes.map { _ in
      agent.begin()
      var observation = Array(repeating: Float(0), count: lanes.observationSize)
      try lanes.reset(0, into: &observation)
      var (actions, memories, reward) = ([Float](), [Float](), 0.0)
      while true {
        let action = agent.act(observation, reward: reward)
        actions += action
        memories += agent.memory
        let step = try lanes.step(0, action.span, into: &observation)
        reward = step.reward
        if step.end != nil { return (actions, memories) }
      }
    }
  }

  @Test(arguments: [
    ("native:cartpole", []),
    ("native:cartpole", ["normalize.observations=true", "policy.trunk=shared"]),
    ("native:cartpole", ["environment.frame_stack=3"]),
    ("native:cartpole", ["policy.memory=window=4", "environment.also_observe=action,reward,time"]),
    ("native:cartpole", ["environment.frame_stack=2", "policy.memory=window=3"]),
    ("native:cartpole", ["policy.memory=gru", "policy.memory_size=8", "policy.activation=relu"]),
    ("native:cartpole", ["policy.memory=lstm", "policy.memory_size=8", "environment.also_observe=action"]),
    ("native:pendulum", []),
    ("native:pendulum", ["random.generator=mt19937"]),
    ("native:pendulum", ["policy.distribution=squashed", "policy.hidden="]),
    ("native:pendulum", ["policy.distribution=beta"]),
    ("native:pendulum", ["policy.distribution=gsde", "policy.exploration_steps=4"]),
    ("native:pendulum", ["policy.distribution=network-gaussian", "policy.memory=gru"]),
    ("native:tiger", ["policy.memory=gru"]),
    ("native:hallway", []),
    ("native:gridworld", []),
  ])
  func `acts as an evaluation does, from the policy's two files`(environment: String, settings: [String])
    throws
  {
    let place = try Place()
    let folder = try run(environment, settings, in: place)
    for isStochastic in [false, true] {
      var playing = try Playing(
        .run(folder, isStochastic: isStochastic), EvaluationPlan(seed: 7, lanes: 1, host: Host()))
      let episodes = try (0..<3).map { try playing.next($0) }
      let found = try played(
        folder, by: isStochastic ? .drawn(seed: 7) : .mode, like: episodes, in: place)
      for (episode, agents) in zip(episodes, found) {
        #expect(episode.actions == agents.0)
        #expect(episode.memories == agents.1)
      }
    }
  }

  @Test func `needs the time limit if the policy observes the time`() throws {
    let place = try Place()
    let folder = try run("native:cartpole", ["environment.also_observe=time"], in: place)
    let error = #expect(throws: ExperimentError.self) { try Agent(contentsOf: folder) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("timeLimit"))
    #expect(error?.localizedDescription == "\(error.map { "\($0)" } ?? "")")
  }

  @Test func `limits of no step are refused, and so is a run as the place of a policy`() throws {
    let place = try Place()
    let folder = try run("native:cartpole", [], in: place)
    let saved = try SavedPolicy(contentsOf: folder)
    func refusal(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch {
        return "\(error)"
      }
    }
    for limit in [0, -1] {
      #expect(refusal { _ = try Agent(saved, timeLimit: limit) }.contains("at least 1"))
      var plan = EvaluationPlan(host: Host())
      plan.limit = limit
      #expect(
        refusal { _ = try Evaluation(of: folder, episodes: 1, isStochastic: false, plan) }.contains(
          "at least one step"))
    }
    #expect(refusal { try saved.save(to: folder) }.contains("is the folder of a run"))
    try saved.save(to: RunFolder(place.path + "/saved"))
  }

  @Test func `refuses files that contradict each other`() throws {
    let place = try Place()
    let folder = try run("native:cartpole", [], in: place)
    let file = folder.path + "/policy.json"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    for (old, new) in [
      ("\"tanh\"", "\"sine\""), ("\"actor.0.weight\"", "\"actor.9.weight\""),
      ("\"categorical\"", "\"dirichlet\""),
      ("\"feature_size\":4", "\"feature_size\":5"),
    ] {
      #expect(text.contains(old), "\(old)")
      try text.replacing(old, with: new).write(toFile: file, atomically: true, encoding: .utf8)
      let error = #expect(throws: ExperimentError.self) { try SavedPolicy(contentsOf: folder) }
      #expect(error?.exitCode == ExitStatus.damaged.rawValue, "\(new): \(error.map { "\($0)" } ?? "")")
    }
  }
}
