public import Environments
public import Policies
public import PolicyGradients
public import Randomness
internal import Registries

/// The resolved settings of a run.
///
/// Keys are the names that users type.
public struct Configuration: Sendable, Equatable {
  /// `environment.id`: a Gymnasium id, `module:Id`, `file.py:Class` or `native:name`.
  public var environment: String
  /// `environment.rng`: where the environment's random numbers come from.
  public var environmentRandomness = RandomnessSource.streams
  /// `environment.capture_rng`: whether `random` and `numpy.random` draw from the lane's stream, too.
  public var capturesRandomness = false
  /// `environment.on_fault`: what a fault of the environment ends.
  public var onFault = FaultPolicy.stop
  /// `environment.time_limit`: steps after which an episode is truncated; 0 keeps the environment's own limit.
  public var timeLimit = 0
  /// `environment.emission`: what stands between the environment and the policy, the first one first.
  public var emissions: [EmissionReference] = []
  /// `environment.also_observe`: what is shown beside each observation.
  public var alsoObserves: [AlsoObserve.Part] = []
  /// `environment.frame_stack`: how many of the last observations are shown at once.
  public var frameStack = 1
  /// `environment.action_masks`: whether the environment says which actions are allowed.
  public var masksActions = false
  /// `environment.vector`: how many neighboring lanes are one vector environment; 0 for lanes of their own.
  public var vector = 0
  /// `environment.vector_steps`: after how many of its steps a vector is begun anew.
  public var vectorSteps = 4096
  /// `environment.register`: functions to call first, `module:function`.
  public var register: [String] = []
  /// `run.preset`: the environment whose preset was applied; empty for none.
  public var preset = ""
  /// `run.seed`.
  public var seed: UInt64 = 1
  /// `run.steps`: how many environment steps the run makes, exactly.
  public var steps = 100_000
  /// `run.lanes`.
  public var lanes = 8
  /// `algorithm.*`, `normalize.*` and `rollout.steps`.
  public var algorithm = Algorithm.standard
  /// `policy.hidden`: the widths of the hidden layers.
  public var hidden = [64, 64]
  /// `policy.activation`: the function between layers.
  public var activation = Activation.tanh
  /// `policy.initialization`: how weights and biases begin.
  public var initialization = Initialization.orthogonal
  /// `policy.convolutions`: the layers that look at images, such as `16x3/1`: filters × side / stride.
  public var convolutions: [Network.Convolution] = []
  /// `policy.trunk`: whether actor and critic share their hidden layers.
  public var trunk = Trunk.separate
  /// `policy.distribution`: the family for the numbers of a box.
  public var distribution = PolicyBuilder.BoxDistribution.gaussian
  /// `policy.log_deviation`: log σ of Gaussian actions at the beginning.
  public var logDeviation = 0.0
  /// `policy.from`: the run whose policy this one begins with; empty for parameters drawn from the seed.
  public var beginFrom = ""
  /// `policy.memory`: what the policy remembers.
  public var memory = Memory.none
  /// `policy.memory_size`: how many units a recurrent layer has.
  public var memorySize = 64
  /// `random.generator`.
  public var generator = RandomGenerator.philox
  /// `checkpoint.every_steps`: 0 for none by steps; the last one is always kept.
  public var checkpointEverySteps = 100_000
  /// `checkpoint.every_seconds`: 0 for none by the clock.
  public var checkpointEverySeconds = 0.0

  /// What a fault of the environment ends.
  public enum FaultPolicy: String, Sendable, CaseIterable {
    /// The run.
    case stop
    /// The episode, which is truncated there; what is learned from is then no longer the environment's alone.
    case resetLane = "reset-lane"
  }

  /// Where an environment's random numbers come from.
  public enum RandomnessSource: String, Sendable, CaseIterable {
    /// The lane's GSL stream.
    case streams
    /// The environment's own generator, seeded once for each lane.
    case native
  }

  /// What actor and critic have in common.
  public enum Trunk: String, Sendable, CaseIterable {
    /// Nothing.
    case separate
    /// The hidden layers.
    case shared
  }

  /// What a policy remembers.
  public enum Memory: Sendable, Equatable {
    case none
    /// The last k of what it was shown, stacked (`window=k`).
    case window(Int)
    /// What a recurrent layer makes of all that it was shown.
    case recurrent(Recurrence.Cell)

    /// As a user types it.
    var typed: String {
      switch self {
      case .none: "none"
      case .window(let count): "window=\(count)"
      case .recurrent(let cell): cell.rawValue
      }
    }

    /// Reads what a user typed.
    init?(typed text: String) {
      if text == "none" {
        self = .none
        return
      }
      if let cell = Recurrence.Cell(rawValue: text) {
        self = .recurrent(cell)
        return
      }
      guard text.hasPrefix("window="), let count = Int(text.dropFirst(7)), (2...1024).contains(count) else {
        return nil
      }
      self = .window(count)
    }
  }

  /// How many neighboring lanes stay in one process.
  var unit: Int { max(1, vector) }

  /// The defaults for an environment.
  public init(environment: String) { self.environment = environment }

  /// Every key, in the order of run.toml.
  static let settings: [Setting] = [
    Setting("environment.id") {
      .text($0.environment)
    } set: { configuration, value in
      guard case .text(let text) = value, !text.isEmpty else { return "a text" }
      configuration.environment = text
      return nil
    },
    .choice("environment.rng", \.environmentRandomness),
    .flag("environment.capture_rng", \.capturesRandomness),
    .choice("environment.on_fault", \.onFault),
    .integer("environment.time_limit", \.timeLimit, in: 0...Sampler.longestEpisode),
    Setting("environment.emission") {
      .texts($0.emissions.map(\.typed))
    } set: { configuration, value in
      guard case .texts(let texts) = value else { return "emissions such as hide=1,3" }
      do throws(EmissionError) {
        var emissions: [EmissionReference] = []
        for text in EmissionReference.joined(texts) { emissions.append(try EmissionReference(typed: text)) }
        configuration.emissions = emissions
        return nil
      } catch {
        if case .argument(_, let allowed) = error { return allowed }
        return Emission.names.joined(separator: ", ") + " and path.py:Class"
      }
    },
    Setting("environment.also_observe") {
      .texts($0.alsoObserves.map(\.rawValue))
    } set: { configuration, value in
      let allowed = "any of " + AlsoObserve.Part.allCases.map(\.rawValue).joined(separator: ", ")
      guard case .texts(let texts) = value else { return allowed }
      let parts = texts.compactMap { AlsoObserve.Part(rawValue: $0) }
      guard parts.count == texts.count else { return allowed }
      configuration.alsoObserves = parts
      return nil
    },
    .integer("environment.frame_stack", \.frameStack, in: 1...64),
    .flag("environment.action_masks", \.masksActions),
    .integer("environment.vector", \.vector, in: 0...4096),
    .integer("environment.vector_steps", \.vectorSteps, in: 1...1_000_000_000),
    Setting("environment.register") {
      .texts($0.register)
    } set: { configuration, value in
      guard case .texts(let texts) = value, texts.allSatisfy({ $0.contains(":") }) else {
        return "module:function pairs joined by commas"
      }
      configuration.register = texts
      return nil
    },
    Setting("run.preset") {
      .text($0.preset)
    } set: { configuration, value in
      guard case .text(let text) = value else { return "the id of an environment" }
      configuration.preset = text
      return nil
    },
    Setting("run.seed") {
      .text(String($0.seed))
    } set: { configuration, value in
      guard let seed = UInt64(value.typed) else { return "a whole number from 0 to \(UInt64.max)" }
      configuration.seed = seed
      return nil
    },
    .integer("run.steps", \.steps, in: 1...1_000_000_000_000),
    .integer("run.lanes", \.lanes, in: 1...4096),
    Setting("algorithm.name") {
      .text($0.algorithm.name)
    } set: { configuration, value in
      guard let algorithm = Algorithm.all.first(where: { $0.name == value.typed }) else {
        return "one of " + Algorithm.all.map(\.name).joined(separator: ", ")
      }
      configuration.algorithm = algorithm
      return nil
    },
    .choice("algorithm.estimator", \.algorithm.rule.estimator),
    .choice("algorithm.baseline", \.algorithm.rule.baseline),
    .choice("algorithm.update", \.algorithm.update),
    .choice("algorithm.surrogate", \.algorithm.surrogate),
    .number("algorithm.gamma", \.algorithm.rule.gamma, "a number from 0 to 1") { $0 >= 0 && $0 <= 1 },
    .number("algorithm.lambda", \.algorithm.rule.lambda, "a number from 0 to 1") { $0 >= 0 && $0 <= 1 },
    .amount("algorithm.weight_clip", \.algorithm.rule.weightClip, zero: "for no clip"),
    .integer("algorithm.epochs", \.algorithm.epochs, in: 1...1000),
    .flag("algorithm.recompute_advantages", \.algorithm.recomputesAdvantages),
    .integer("algorithm.minibatch", \.algorithm.minibatch, in: 0...1_000_000_000),
    .choice("algorithm.normalize_advantages", \.algorithm.advantageNormalization),
    .number("algorithm.clip", \.algorithm.clip, "a number above 0") { $0 > 0 },
    .choice("algorithm.clip_schedule", \.algorithm.clipSchedule),
    .amount("algorithm.target_kl", \.algorithm.targetDivergence, zero: "for none"),
    .amount("algorithm.entropy", \.algorithm.entropy, zero: "for none"),
    .choice("algorithm.entropy_schedule", \.algorithm.entropySchedule),
    .choice("algorithm.optimizer", \.algorithm.optimizer),
    .number("algorithm.rate", \.algorithm.rate, "a number above 0 and up to 1000") { $0 > 0 && $0 <= 1000 },
    .choice("algorithm.rate_schedule", \.algorithm.rateSchedule),
    .number("algorithm.optimizer_epsilon", \.algorithm.optimizerEpsilon, "a number above 0") { $0 > 0 },
    .amount("algorithm.weight_decay", \.algorithm.weightDecay, zero: "for none"),
    .amount("algorithm.gradient_clip", \.algorithm.gradientClip, zero: "for none"),
    .amount("algorithm.value_weight", \.algorithm.valueWeight, zero: "for none"),
    .amount("algorithm.value_clip", \.algorithm.valueClip, zero: "for none"),
    .integer("algorithm.critic_epochs", \.algorithm.criticEpochs, in: 0...1000),
    .integer("algorithm.critic_minibatch", \.algorithm.criticMinibatch, in: 0...1_000_000_000),
    .number("algorithm.critic_rate", \.algorithm.criticRate, "a number above 0 and up to 1000") {
      $0 > 0 && $0 <= 1000
    },
    .number("algorithm.trust_region", \.algorithm.trustRegion, "a number above 0") { $0 > 0 },
    .amount("algorithm.damping", \.algorithm.damping, zero: "for none"),
    .integer("algorithm.conjugate_steps", \.algorithm.conjugateSteps, in: 1...1000),
    .integer("algorithm.line_search_steps", \.algorithm.lineSearchSteps, in: 1...1000),
    .integer("algorithm.sequence", \.algorithm.truncation.length, in: 0...1_000_000),
    .integer("algorithm.burn_in", \.algorithm.truncation.burnIn, in: 0...1_000_000),
    .integer("rollout.steps", \.algorithm.stepsPerLane, in: 1...1_000_000),
    .flag("normalize.observations", \.algorithm.normalizesObservations),
    .flag("normalize.returns", \.algorithm.normalizesReturns),
    .amount("normalize.reward_clip", \.algorithm.rewardClip, zero: "for none"),
    Setting("policy.hidden") {
      .integers($0.hidden.map(Int64.init))
    } set: { configuration, value in
      var widths: [Int64]
      switch value {
      case .integers(let list): widths = list
      case .integer(let one): widths = [one]
      default: widths = [0]
      }
      guard widths.count <= 16, widths.allSatisfy({ (1...8192).contains($0) }) else {
        return "up to 16 widths from 1 to 8192, joined by commas"
      }
      configuration.hidden = widths.map { Int($0) }
      return nil
    },
    Setting("policy.from") {
      .text($0.beginFrom)
    } set: { configuration, value in
      guard case .text(let text) = value else { return "the folder of a run" }
      configuration.beginFrom = text
      return nil
    },
    .choice("policy.activation", \.activation),
    .choice("policy.initialization", \.initialization),
    Setting("policy.convolutions") {
      .texts($0.convolutions.map(\.typed))
    } set: { configuration, value in
      guard case .texts(let texts) = value else { return Network.Convolution.form }
      let layers = texts.compactMap { Network.Convolution(typed: $0) }
      guard layers.count == texts.count, layers.count <= 16 else { return Network.Convolution.form }
      configuration.convolutions = layers
      return nil
    },
    .choice("policy.trunk", \.trunk),
    .choice("policy.distribution", \.distribution),
    .number("policy.log_deviation", \.logDeviation, "a number from -50 to 50") { abs($0) <= 50 },
    .integer("policy.exploration_steps", \.algorithm.explorationSteps, in: 0...1_000_000_000),
    Setting("policy.memory") {
      .text($0.memory.typed)
    } set: { configuration, value in
      guard let memory = Memory(typed: value.typed) else {
        return "none, gru, lstm, or window=k, the last k observations, with k from 2 to 1024"
      }
      configuration.memory = memory
      return nil
    },
    .integer("policy.memory_size", \.memorySize, in: 1...8192),
    .choice("random.generator", \.generator),
    .integer("checkpoint.every_steps", \.checkpointEverySteps, in: 0...1_000_000_000_000),
    .amount("checkpoint.every_seconds", \.checkpointEverySeconds, zero: "for none"),
  ]

  /// The settings that a named algorithm decides.
  public var algorithmSettings: [(key: String, value: SettingValue)] {
    Self.settings.filter { setting in
      ["algorithm.", "rollout.", "normalize."].contains { setting.key.hasPrefix($0) }
    }.map { ($0.key, $0.get(self)) }
  }

  /// Sets one key to a typed text, as `--set KEY=VALUE` does.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for an unknown key, which names the nearest, and for a value that
  ///   the key does not take.
  public mutating func set(_ key: String, typed text: String) throws(ExperimentError) {
    let setting = try Self.setting(key)
    guard let value = setting.get(self).parsing(text) else {
      throw .usage("\(key) takes \(setting.get(self).kind), not '\(text)'")
    }
    try set(setting, value)
  }

  mutating func set(_ setting: Setting, _ value: SettingValue) throws(ExperimentError) {
    if let allowed = setting.set(&self, value) {
      throw .usage("\(setting.key) takes \(allowed), not '\(value.typed)'")
    }
  }

  static func setting(_ key: String) throws(ExperimentError) -> Setting {
    if let setting = settings.first(where: { $0.key == key }) { return setting }
    throw .usage(
      "there is no setting '\(key)'; the nearest is '\(NearestName.of(key, among: settings.map(\.key)))'")
  }
}
