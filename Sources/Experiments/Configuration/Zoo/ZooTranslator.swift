/// Translates the keys of Stable-Baselines3 into settings.
struct ZooTranslator {
  /// A key that no setting expresses.
  struct Inexpressible: Error {
    /// The key of the entry.
    var key: String
    /// The key, and the one inside of it.
    var path: String
    var reason: String

    init(_ path: String, _ reason: String) {
      self.path = path
      self.reason = reason
      key = path.split(separator: ".").first.map(String.init) ?? path
    }
  }

  let method: ZooTranslation.Method
  let entry: String
  private(set) var settings: [(key: String, typed: String, source: String)] = []
  /// The group of wrappers of the entry.
  var wrappers: String?
  /// The wrappers that the user gives, as `module:Class`.
  var given: [String] = []
  var notices: [String] = []
  /// The keys of the entry that were translated by others.
  private var entries: [ZooValue.Entry] = []

  init(method: ZooTranslation.Method, entry: String) { (self.method, self.entry) = (method, entry) }

  /// Translates an entry, after the defaults of Stable-Baselines3.
  mutating func translate(_ entries: [ZooValue.Entry]) throws(Inexpressible) {
    self.entries = entries
    for (key, typed) in ZooDefaults.of(method) { set(key, typed, ZooDefaults.source) }
    if method == .a2c, value("use_rms_prop") != .flag(false) {
      notices.append(
        "RMSprop of a2c adds its epsilon inside of the square root here, as RMSpropTFLike does; PyTorch's adds it outside"
      )
    }
    // The policy first: policy_kwargs change what it begins with.
    try policy(value("policy") ?? .name("MlpPolicy"))
    for entry in entries where entry.key != "policy" { try translate(entry) }
  }

  /// The value of a key of the entry.
  func value(_ key: String) -> ZooValue? { entries.first { $0.key == key }?.value }

  mutating func set(_ key: String, _ typed: String, _ source: String) {
    settings.append((key, typed, source))
  }

  private mutating func translate(_ entry: ZooValue.Entry) throws(Inexpressible) {
    let (key, value) = (entry.key, entry.value)
    if let setting = ZooDefaults.numbers(of: method)[key] {
      // None stands for "without", as in target_kl and clip_range_vf.
      if value == .none, ["target_kl", "clip_range_vf"].contains(key) { return }
      return set(setting, try number(value, key), key)
    }
    switch key {
    case "learning_rate":
      try schedule(value, key, method == .trpo ? "algorithm.critic_rate" : "algorithm.rate")
    case "clip_range" where method == .ppo || method == .recurrent: try schedule(value, key, "algorithm.clip")
    case "normalize": try normalize(value)
    case "normalize_advantage": try normalizeAdvantage(value)
    case "use_sde":
      if try flag(value, key) { set("policy.distribution", "gsde", key) }
    case "sde_sample_freq":
      let steps = try number(value, key)
      if !steps.hasPrefix("-") { set("policy.exploration_steps", steps, key) }
    case "use_rms_prop" where method == .a2c:
      if try !flag(value, key) { set("algorithm.optimizer", "adam", key) }
    case "rms_prop_eps" where method == .a2c: set("algorithm.optimizer_epsilon", try number(value, key), key)
    case "sub_sampling_factor" where method == .trpo:
      guard try number(value, key) == "1" else { throw Inexpressible(key, "all steps of a rollout are used") }
    case "policy_kwargs": try policyArguments(value)
    case "frame_stack": try frameStack(value)
    case "env_wrapper": try environmentWrappers(value)
    default: try translateOther(key, value)
    }
  }

  private mutating func translateOther(_ key: String, _ value: ZooValue) throws(Inexpressible) {
    if ["callback", "device", "verbose", "tensorboard_log", "monitor_kwargs", "seed"].contains(key) {
      return notices.append(
        "\(key): \(value.shown) of the entry \(entry) is not used: it changes nothing that is learned")
    }
    if ["env_kwargs", "vec_env_wrapper", "vec_env_class", "vec_env_kwargs"].contains(key) {
      if value == .none { return }
      throw Inexpressible(
        key,
        "omit it in a copy of the file, and give --env-arg, --wrapper or other options for \(value.shown)")
    }
    throw Inexpressible(key, "it is no key of \(method.rawValue) that is known here")
  }

  // MARK: Values

  func number(_ value: ZooValue, _ path: String) throws(Inexpressible) -> String {
    switch value {
    case .number(let digits): return digits
    // YAML takes 1e-3 for a text.
    case .text(let text), .name(let text): if let digits = ZooValue.number(of: text) { return digits }
    default: break
    }
    throw Inexpressible(path, "\(value.shown) is not a number")
  }

  func flag(_ value: ZooValue, _ path: String) throws(Inexpressible) -> Bool {
    guard case .flag(let isOn) = value else {
      throw Inexpressible(path, "\(value.shown) is neither True nor False")
    }
    return isOn
  }

  /// The literal of Python that a text contains.
  func literal(_ value: ZooValue, _ path: String) throws(Inexpressible) -> ZooValue {
    switch value {
    case .text(let text), .name(let text):
      do {
        return try PythonLiteral.value(of: text)
      } catch {
        throw Inexpressible(path, "its value \(error.reason)")
      }
    default: return value
    }
  }

  /// A number, or `lin_` and the number from which it falls linearly to 0.
  private mutating func schedule(
    _ value: ZooValue, _ key: String, _ setting: String
  ) throws(Inexpressible) {
    var value = value
    if case .name(let word) = value, word.hasPrefix("lin_") {
      guard method != .trpo else { throw Inexpressible(key, "the critic's learning rate has no schedule") }
      value = ZooValue(word: String(word.dropFirst("lin_".count)))
      set("\(setting)_schedule", "linear", key)
    }
    set(setting, try number(value, key), key)
  }

  private mutating func normalize(_ value: ZooValue) throws(Inexpressible) {
    var (observations, rewards) = (true, true)
    switch try literal(value, "normalize") {
    case .flag(let isOn): (observations, rewards) = (isOn, isOn)
    case .table(let entries):
      for entry in entries {
        let path = "normalize.\(entry.key)"
        switch entry.key {
        case "norm_obs": observations = try flag(entry.value, path)
        case "norm_reward": rewards = try flag(entry.value, path)
        case "clip_obs", "clip_reward":
          guard Double(try number(entry.value, path)) == 10 else { throw Inexpressible(path, "only 10 is") }
        case "gamma":
          let (own, runs) = (try number(entry.value, path), try digits(of: "gamma") ?? "0.99")
          guard Double(own) == Double(runs) else { throw Inexpressible(path, "it is that of the algorithm") }
        default: throw Inexpressible(path, "it is no key of normalize that is known here")
        }
      }
    default: throw Inexpressible("normalize", "\(value.shown) is neither True nor False nor a dictionary")
    }
    set("normalize.observations", observations ? "all" : "none", "normalize")
    set("normalize.returns", rewards ? "true" : "false", "normalize")
  }

  /// The digits of another key's number; nil if the entry lacks it.
  private func digits(of key: String) throws(Inexpressible) -> String? {
    guard let value = value(key) else { return nil }
    return try number(value, key)
  }

  private mutating func normalizeAdvantage(_ value: ZooValue) throws(Inexpressible) {
    let isOn = try flag(value, "normalize_advantage")
    let steps = method == .ppo || method == .recurrent ? "minibatch" : "batch"
    set("algorithm.normalize_advantages", isOn ? steps : "none", "normalize_advantage")
  }
}
