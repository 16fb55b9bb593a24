public import Environments
public import Policies
public import PolicyGradients
public import Randomness
internal import Registries

/// The resolved settings of a run.
///
/// Every property is a key of run.toml; ``settings`` is the table of keys, with what each means.
public struct Configuration: Sendable {
  /// What the settings may name.
  public let catalog: Catalog

  // MARK: environment.*

  /// `environment.id`: a Gymnasium id, `module:Id`, `file.py:Class` or `native:name`.
  public var environment: String
  /// `environment.rng`: where the environment's random numbers come from.
  public var environmentRandomness = RandomnessSource.streams
  /// `environment.capture_rng`: whether `random` and `numpy.random` draw from the lane's stream, too.
  public var capturesRandomness = false
  /// `environment.on_fault`: what a fault of the environment ends.
  public var onFault = FaultPolicy.stop
  /// `environment.time_limit`: the number of steps after which an episode is truncated; 0 for the environment's own limit.
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
  /// `environment.vector_steps`: the number of its steps after which a vector is started anew.
  public var vectorSteps = 4096
  /// `environment.register`: functions to call first, `module:function`.
  public var register: [String] = []

  // MARK: run.*, random.*, checkpoint.*

  /// `run.preset`: the environment whose preset was applied; empty for none.
  public var preset = ""
  /// `run.seed`.
  public var seed: UInt64 = 1
  /// `run.steps`: how many environment steps the run makes, exactly.
  public var steps = 100_000
  /// `run.lanes`.
  public var lanes = 8
  /// `random.generator`.
  public var generator = RandomGenerator.philox
  /// `checkpoint.every_steps`: 0 for none by steps; the last one is always kept.
  public var checkpointEverySteps = 100_000
  /// `checkpoint.every_seconds`: 0 for none by the clock.
  public var checkpointEverySeconds = 0.0

  // MARK: algorithm.*, normalize.*, rollout.*

  /// `algorithm.*`, `normalize.*` and `rollout.steps`.
  public var algorithm = AlgorithmSettings.ppo

  // MARK: policy.*

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
  public var distribution = BoxDistribution.gaussian
  /// `policy.log_deviation`: log σ of Gaussian actions at the beginning.
  public var logDeviation = 0.0
  /// `policy.from`: the run whose policy this one begins with; empty for parameters drawn from the seed.
  public var beginFrom = ""
  /// `policy.memory`: what the policy remembers.
  public var memory = Memory.none
  /// `policy.memory_size`: how many units a recurrent layer has.
  public var memorySize = 64

  /// The defaults for an environment.
  public init(environment: String, catalog: Catalog = .standard) {
    (self.environment, self.catalog) = (environment, catalog)
  }

  /// How many neighboring lanes stay in one process.
  var unit: Int { max(1, vector) }

  // MARK: Keys

  /// Every key, in the order of run.toml.
  public static let settings: [Setting] =
    environmentSettings + runSettings + algorithmSettings + policySettings + storageSettings

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
    do throws(Setting.Refusal) {
      try setting.set(&self, value)
    } catch {
      throw .usage("\(setting.key) takes \(error.allowed ?? setting.allowed(catalog)), not '\(value.typed)'")
    }
  }

  static func setting(_ key: String) throws(ExperimentError) -> Setting {
    if let setting = settings.first(where: { $0.key == key }) { return setting }
    throw .usage("\(UnknownName(kind: "setting", name: key, known: settings.map(\.key)))")
  }
}
