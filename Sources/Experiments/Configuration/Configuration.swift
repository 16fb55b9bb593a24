public import AscentEnvironments
public import AscentPolicies
public import AscentPolicyGradients
public import AscentRandomness
internal import AscentRegistries

/// The resolved settings of a run.
///
/// Every property is a key of run.toml; ``settings`` is the table of keys and their meanings.
public struct Configuration: Sendable {
  /// The entries that the settings can name.
  public internal(set) var catalog: Catalog

  // MARK: environment.*

  /// `environment.id`: a Gymnasium id, `module:Id`, `file.py:Class` or `native:name`.
  public var environment: String
  /// `environment.arguments`: the keyword arguments of the environment's constructor.
  public var constructorArguments = NamedValues()
  /// `environment.wrappers`: the wrappers around the environment, the innermost first.
  public var wrappers: [WrapperReference] = []
  /// `environment.rng`: the source of the environment's random numbers.
  public var environmentRandomness = RandomnessSource.streams
  /// `environment.capture_rng`: true if Python's `random` and `numpy.random` also draw from the lane's stream.
  public var capturesRandomness = false
  /// `environment.on_fault`: the part that a fault of the environment ends, the run or the episode.
  public var onFault = FaultPolicy.stop
  /// `environment.time_limit`: the steps after which an episode is truncated; 0 for the environment's own limit.
  public var timeLimit = 0
  /// `environment.emission`: the emissions between the environment and the policy, applied in order.
  public var emissions: [EmissionReference] = []
  /// `environment.also_observe`: quantities that are appended to each observation.
  public var alsoObserves: [AlsoObserve.Part] = []
  /// `environment.frame_stack`: the number of latest observations that the policy receives at once.
  public var frameStack = 1
  /// `environment.action_masks`: true if the environment provides a mask of the allowed actions.
  public var masksActions = false
  /// `environment.vector`: the number of neighboring lanes in one vector environment; 0 for separate environments.
  public var vector = 0
  /// `environment.vector_steps`: the number of steps after which a vector environment is restarted.
  public var vectorSteps = 4096
  /// `environment.register`: modules to import before the environment is looked up, `module`, or functions of
  /// them to call, `module:function`.
  public var register: [String] = []

  // MARK: run.*, random.*, checkpoint.*, evaluation.*, tensorboard.*

  /// `run.preset`: the name of the preset that was applied; empty for none.
  public var preset = ""
  /// `run.seed`: the seed of all random numbers.
  public var seed: UInt64 = 1
  /// `run.steps`: the exact number of environment steps of the run.
  public var steps = 100_000
  /// `run.lanes`: the number of lanes.
  public var lanes = 8
  /// `random.generator`: GSL's generator behind every stream.
  public var generator = RandomGenerator.philox
  /// `checkpoint.every_steps`: the steps between checkpoints; 0 for only one at the end.
  public var checkpointEverySteps = 100_000
  /// `checkpoint.every_seconds`: the seconds between checkpoints; 0 for none.
  public var checkpointEverySeconds = 300.0
  /// `evaluation.every_steps`: the steps between evaluations of the policy while it is trained; 0 for none.
  public var evaluateEverySteps = 0
  /// `evaluation.episodes`: the number of episodes of each of them.
  public var evaluationEpisodes = 10
  /// `tensorboard.enabled`: true if event files for TensorBoard are written.
  public var writesEvents = true

  /// The folder that relative paths of the environment's files refer to; nil for the current one.
  ///
  /// It is no setting, but found for the configuration of a run.
  var folder: String?

  /// Where the values came from; nil unless that is noted.
  var origins: SettingOrigins?

  // MARK: algorithm.*, normalize.*, rollout.*

  /// `algorithm.*`, `normalize.*` and `rollout.steps`.
  public var algorithm = AlgorithmSettings.ppo

  // MARK: policy.*

  /// The settings of the networks: `policy.hidden`, `policy.activation`, `policy.initialization`, `policy.convolutions`,
  /// `policy.log_deviation` and `policy.head_gain`.
  ///
  /// `architecture(for:)` adds what follows from other settings and from the spaces. With first deviations of half of
  /// half a box's width, 19 of 20 first draws are inside of the box.
  public var network = Architecture(logDeviation: -0.7)
  /// `policy.image_layout`: the order of the axes of pictures.
  public var imageLayout = ImageLayout.automatic
  /// `policy.trunk`: the layers that actor and critic share.
  public var trunk = Trunk.separate
  /// `policy.distribution`: the family of distributions for the numbers of a box.
  public var distribution = BoxDistribution.gaussian
  /// `policy.action_units`: the units of the numbers that a Gaussian draws for a box.
  public var actionUnits = ActionUnits.box
  /// `policy.from`: the run whose policy is the initial one; empty for parameters drawn from the seed.
  public var beginFrom = ""
  /// `policy.memory`: the policy's memory for earlier observations.
  public var memory = Memory.none
  /// `policy.memory_size`: the number of units of a recurrent layer.
  public var memorySize = 64

  /// Makes the default configuration of an environment.
  public init(environment: String, catalog: Catalog = .standard) {
    (self.environment, self.catalog) = (environment, catalog)
  }

  /// The number of neighboring lanes that must be in the same process: the size of a vector, or 1.
  var unit: Int { max(1, vector) }

  // MARK: Keys

  /// All settings, in the order of run.toml.
  public static let settings: [Setting] =
    environmentSettings + runSettings + algorithmSettings + policySettings + storageSettings

  /// Sets one key from text, as `--set KEY=VALUE` does.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for an unknown key (the message names the nearest one), or a value that
  ///   the key does not accept.
  public mutating func set(_ key: String, typed text: String) throws(ExperimentError) {
    if let path = Self.argumentPath(key) { return setArgument(path, try .argument(typed: text, of: key)) }
    let setting = try Self.setting(key)
    guard let value = setting.get(self).parsing(text) else {
      throw .usage("\(key) takes \(setting.get(self).kind), not '\(text)'")
    }
    try set(setting, value)
  }

  mutating func set(_ setting: Setting, _ value: SettingValue) throws(ExperimentError) {
    do throws(Setting.Refusal) {
      try setting.set(&self, value)
      origins?.note(setting.key)
    } catch {
      throw .usage(
        "\(setting.key) takes \(error.allowed ?? setting.allowed(catalog)), not '\(TOMLReader.shown(value.typed))'"
      )
    }
  }

  /// Checks that run.toml can be read again: every setting accepts the value that it has.
  ///
  /// Entries of a program that are not in the catalog, or emissions whose specification means something else, are refused.
  ///
  /// - Throws: ``ExperimentError/usage(_:)``, which names the setting.
  func checkNames() throws(ExperimentError) {
    for setting in Self.settings {
      var copy = self
      let value = setting.value(in: self)
      try copy.set(setting, value)
      guard setting.value(in: copy) == value else {
        throw .usage("\(setting.key) = \(value.typed) is read as \(setting.value(in: copy).typed)")
      }
    }
  }

  /// True if choosing an algorithm by its name changes the key.
  public static func isSetByAlgorithm(_ key: String) -> Bool {
    key != "algorithm.name" && algorithmSettings.contains { $0.key == key }
  }

  static func setting(_ key: String) throws(ExperimentError) -> Setting {
    if let setting = settings.first(where: { $0.key == key }) { return setting }
    throw .usage("\(UnknownName(kind: "setting", name: TOMLReader.shown(key), known: settings.map(\.key)))")
  }
}
