import AscentExperiments
import AscentPolicies
import AscentRandomness
import AscentRegistries
import AscentTestSupport
import FoundationEssentials
import Testing

@testable import AscentPolicyGradients

/// One update that Stable-Baselines3 made (Benchmarks/peers/torch_update.py writes the files).
private struct TorchUpdate {
  let policy: Policy
  let settings: AlgorithmSettings
  let rollout: Rollout
  let batch: Batch
  let before, gradient, after: Parameters

  /// What the file says beside its arrays.
  private struct Recorded: Decodable {
    var surrogate, optimizer: String
    var clip: Double?
    var normalizeAdvantages: String
    var entropy, valueWeight, gradientClip, optimizerEpsilon, rate, valueClip: Double
    var epochs, minibatch: Int
  }

  init(_ name: String) throws {
    let path = "\(TestPython.projectFolder)/Tests/Fixtures/torch/\(name).safetensors"
    let file = try Safetensors(AtomicFile.read(path), file: path, isOurs: false)
    func floats(_ name: String) throws -> [Float] {
      try #require(file.tensors.first { $0.name == name }, "\(name) is missing").floats
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let recorded = try decoder.decode(
      Recorded.self, from: Data(try #require(file.metadata["settings"]).utf8))
    var settings = name.hasPrefix("ppo") ? AlgorithmSettings.ppo : .a2c
    settings.surrogate = try Registry.surrogates.entry(named: recorded.surrogate)
    settings.optimizer = try Registry.optimizers.entry(named: recorded.optimizer)
    settings.minibatches.normalization = try #require(
      MinibatchSettings.Normalization(rawValue: recorded.normalizeAdvantages))
    (settings.estimation.clip, settings.minibatches.entropy.weight) = (
      recorded.clip ?? settings.estimation.clip, recorded.entropy
    )
    (settings.value.weight, settings.value.clip) = (recorded.valueWeight, recorded.valueClip)
    settings.minibatches.gradientClip = recorded.gradientClip
    (settings.optimization.rate, settings.optimization.epsilon) = (recorded.rate, recorded.optimizerEpsilon)
    (settings.minibatches.epochs, settings.minibatches.size) = (recorded.epochs, recorded.minibatch)
    let actions = try floats("actions")
    let steps = try floats("advantages").count
    let policy = try Policy(
      featureSize: floats("observations").count / steps,
      factors: [name.hasSuffix("categorical") ? .categorical(3) : .gaussian(actions.count / steps)],
      architecture: Architecture(hidden: [64, 64], critic: .separate))
    let zero = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
    func parameters(_ prefix: String) throws -> Parameters {
      var θ = zero
      for slice in θ.slices {
        let tensor = try #require(file.tensors.first { $0.name == "\(prefix).\(slice.name)" })
        #expect(tensor.shape == slice.shape, "\(slice.name)")
        θ.values.replaceSubrange(slice.range, with: tensor.floats)
      }
      #expect(θ.values.count == policy.learnedCount)
      return θ
    }
    var rollout = Rollout(
      laneCount: 1, observationSize: policy.observationSize, actionSize: policy.actionSize)
    let (observations, size) = (try floats("observations"), policy.observationSize)
    for slot in 0...steps {
      rollout.lanes[0].writeSlot { one in
        for k in one.indices { one[k] = slot < steps ? observations[slot * size + k] : 0 }
      }
    }
    rollout.lanes[0].episodes = [Rollout.Episode(steps: 0..<steps, firstSlot: 0, end: .cut, number: 0)]
    rollout.lanes[0].actions = actions
    rollout.lanes[0].rewards = Array(repeating: 0, count: steps)
    rollout.lanes[0].logProbabilities = try floats("log_probabilities").map { Double($0) }
    var advantages = Advantages(laneCount: 1)
    advantages.advantages[0] = try floats("advantages").map { Double($0) }
    advantages.targets[0] = try floats("targets").map { Double($0) }
    var batch = Batch()
    batch.load(
      rollout, advantages, [try floats("values").map { Double($0) }], for: policy, cut: Truncation())
    (self.policy, self.settings, self.rollout, self.batch) = (policy, settings, rollout, batch)
    before = try parameters("before")
    gradient = try parameters("gradient")
    after = try parameters("after")
  }

  /// Our update of the same batch.
  func ascend(
    _ settings: AlgorithmSettings, with optimizer: any Optimizer
  ) throws -> (θ: Parameters, optimizer: any Optimizer, report: UpdateReport) {
    guard case .advantages(let learning) = try settings.algorithm().method,
      case .joint(let minibatches, let value) = learning.update
    else { throw LearnerError.contradiction("no update of actor and critic together") }
    var update = MinibatchUpdate(minibatches, joint: value, policy, with: Alone())
    var (learned, report) = (Learned(parameters: before, optimizer: optimizer), UpdateReport())
    var rollout = rollout
    _ = try update.ascend(
      &learned, on: UpdateMaterial(batch: batch, estimator: learning.estimator), of: &rollout,
      UpdatePlan(
        rounds: 1, rate: settings.optimization.rate,
        order: try RandomStream(StreamKey(seed: 1, purpose: .minibatches)),
        moment: Moment(iteration: 1, remaining: 1, rate: 1)), into: &report)
    return (learned.parameters, learned.optimizer, report)
  }
}

/// Keeps the gradient that it is given.
private struct Recorder: Optimizer {
  var rate = 0.0
  var stepCount = 0
  var moments: [(name: String, values: [Float])] = []
  var gradient: [Float] = []
  mutating func ascend(_ θ: inout Parameters, along gradient: [Float]) { self.gradient = gradient }
}

/// The largest distance of two numbers of the slice.
private func distance(_ x: [Float], _ y: [Float], _ slice: Parameters.Slice) -> Float {
  slice.range.reduce(0) { max($0, abs(x[$1] - y[$1])) }
}

@Suite struct `An update of PyTorch and ours` {
  static let names = ["ppo-categorical", "ppo-gaussian", "a2c-categorical", "a2c-gaussian"]

  /// Before it is clipped; both sum 64 steps in float32.
  @Test(arguments: names)
  func `have the same gradient`(name: String) throws {
    let torch = try TorchUpdate(name)
    var free = torch.settings
    free.minibatches.gradientClip = 0
    let ours = try #require(try torch.ascend(free, with: Recorder()).optimizer as? Recorder).gradient
    let expected = torch.gradient.values
    let size = expected.reduce(0) { max($0, abs($1)) }
    #expect(size > 0.01 && ours.count == expected.count)
    for slice in torch.gradient.slices {
      #expect(distance(ours, expected, slice) < 1e-5 * size, "\(slice.name)")
      #expect(slice.range.contains { expected[$0] != 0 }, "\(slice.name) takes part")
    }
  }

  /// Clipped to its norm, through Adam or RMSProp.
  @Test(arguments: names)
  func `make the same step`(name: String) throws {
    let torch = try TorchUpdate(name)
    let (θ, _, report) = try torch.ascend(
      torch.settings, with: torch.settings.optimizer.make(torch.settings.optimization))
    #expect(report.updates == 1 && report.gradientNorm > torch.settings.minibatches.gradientClip)
    let pairs = zip(torch.after.values, torch.before.values)
    let moved = pairs.reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(moved > 5e-5)
    for slice in θ.slices {
      #expect(distance(θ.values, torch.after.values, slice) < min(1e-5, 0.01 * moved), "\(slice.name)")
    }
  }
}
