// The policy, its arguments and the wrappers of an entry.
extension ZooTranslator {
  /// The names of activations in PyTorch and here.
  private static let activations = ["Tanh": "tanh", "ReLU": "relu", "ELU": "elu", "GELU": "gelu"]

  mutating func policy(_ value: ZooValue) throws(Inexpressible) {
    let names = ["MlpPolicy", "CnnPolicy", "MultiInputPolicy"]
    let recurrent = ["MlpLstmPolicy", "CnnLstmPolicy", "MultiInputLstmPolicy"]
    let known = method == .recurrent ? recurrent : names
    let name = value.shown
    guard known.contains(name) else {
      throw Inexpressible("policy", "\(name) is none of \(known.joined(separator: ", "))")
    }
    guard name.hasPrefix("Cnn") else { return }
    // NatureCNN, whose 512 features actor and critic share.
    guard method != .recurrent else {
      throw Inexpressible(
        "policy", "CnnLstmPolicy has layers that actor and critic share below LSTMs of their own")
    }
    set("policy.convolutions", "nature", "policy")
    set("policy.hidden", "512", "policy")
    set("policy.activation", "relu", "policy")
    set("policy.trunk", "shared", "policy")
  }

  /// True if actor and critic share the features of pictures, which policy_kwargs build upon.
  private var isOfPictures: Bool { value("policy")?.shown.hasPrefix("Cnn") ?? false }

  mutating func policyArguments(_ value: ZooValue) throws(Inexpressible) {
    guard let arguments = try literal(value, "policy_kwargs").entries else {
      throw Inexpressible("policy_kwargs", "it is no dict(…)")
    }
    for argument in arguments {
      let (key, value) = (argument.key, argument.value)
      let path = "policy_kwargs.\(key)"
      switch key {
      case "log_std_init": set("policy.log_deviation", try number(value, path), path)
      case "ortho_init": set("policy.initialization", try flag(value, path) ? "orthogonal" : "uniform", path)
      case "activation_fn":
        let name = value.shown.split(separator: ".").last.map(String.init) ?? ""
        guard let own = Self.activations[name] else {
          throw Inexpressible(path, "\(value.shown) is none of nn.Tanh, nn.ReLU, nn.ELU and nn.GELU")
        }
        // The activation of NatureCNN stays the rectifier; without layers of its own there is no other.
        if !isOfPictures { set("policy.activation", own, path) }
      case "net_arch": try layers(value, path)
      case "optimizer_class": try optimizer(value, path)
      case "optimizer_kwargs": try optimizerArguments(value, path)
      case "lstm_hidden_size" where method == .recurrent:
        set("policy.memory_size", try number(value, path), path)
      case "n_lstm_layers" where method == .recurrent:
        guard try number(value, path) == "1" else {
          throw Inexpressible(path, "a policy has one recurrent layer")
        }
      case "enable_critic_lstm" where method == .recurrent:
        guard try flag(value, path) else {
          throw Inexpressible(path, "the critic remembers as the actor does")
        }
      case "shared_lstm" where method == .recurrent:
        guard try !flag(value, path) else {
          throw Inexpressible(path, "actor and critic have LSTMs of their own")
        }
      case "normalize_images", "share_features_extractor":
        guard try flag(value, path) else { throw Inexpressible(path, "it is always so") }
      case "squash_output", "use_expln", "full_std":
        guard try flag(value, path) == (key == "full_std") else {
          throw Inexpressible(path, "it is always so")
        }
      default: throw Inexpressible(path, "it is no argument of a policy that is known here")
      }
    }
  }

  /// The widths of the hidden layers: `dict(pi=[…], vf=[…])` with equal widths, in a list or not, or a list of widths.
  private mutating func layers(_ value: ZooValue, _ path: String) throws(Inexpressible) {
    var value = value
    if case .list(let items) = value, items.count == 1, items[0].entries != nil { value = items[0] }
    if let entries = value.entries {
      let (actor, critic) = (entries.first { $0.key == "pi" }?.value, entries.first { $0.key == "vf" }?.value)
      guard let actor, actor == critic, entries.count == 2 else {
        throw Inexpressible(path, "actor and critic have the same widths here, and \(value.shown) has not")
      }
      value = actor
    }
    guard case .list(let items) = value else {
      throw Inexpressible(path, "\(value.shown) has no list of widths")
    }
    var widths: [String] = []
    for item in items {
      guard item.entries == nil else {
        throw Inexpressible(path, "layers that are shared below layers that are not are no setting")
      }
      widths.append(try number(item, path))
    }
    guard !isOfPictures || widths.isEmpty else {
      throw Inexpressible(path, "layers of their own above the shared ones of CnnPolicy are no setting")
    }
    if !isOfPictures { set("policy.hidden", widths.joined(separator: ","), path) }
  }

  private mutating func optimizer(_ value: ZooValue, _ path: String) throws(Inexpressible) {
    guard method != .trpo else { throw Inexpressible(path, "the critic of trpo is fitted by Adam") }
    let known = ["RMSpropTFLike": "rmsprop", "Adam": "adam", "AdamW": "adamw"]
    guard let own = known[value.shown.split(separator: ".").last.map(String.init) ?? ""] else {
      throw Inexpressible(path, "\(value.shown) is none of RMSpropTFLike, Adam and AdamW")
    }
    set("algorithm.optimizer", own, path)
    notices.removeAll { $0.hasPrefix("RMSprop") }
  }

  private mutating func optimizerArguments(_ value: ZooValue, _ path: String) throws(Inexpressible) {
    for argument in value.entries ?? [] {
      let setting = ["eps": "algorithm.optimizer_epsilon", "weight_decay": "algorithm.weight_decay"][
        argument.key]
      guard let setting else { throw Inexpressible("\(path).\(argument.key)", "it is no setting") }
      set(setting, try number(argument.value, path), path)
    }
  }

  // MARK: The environment

  mutating func frameStack(_ value: ZooValue) throws(Inexpressible) {
    let count = try number(value, "frame_stack")
    // The group of wrappers has its own stack of four.
    if isAtari, count == "4" { return }
    set("environment.frame_stack", count, "frame_stack")
    notices.append(
      "frame_stack: at the beginning of an episode every frame is the first observation; Stable-Baselines3 has zeros there"
    )
  }

  private var isAtari: Bool { value("env_wrapper")?.shown.contains("AtariWrapper") ?? false }

  mutating func environmentWrappers(_ value: ZooValue) throws(Inexpressible) {
    let items: [ZooValue] = if case .list(let items) = value { items } else { value == .none ? [] : [value] }
    for item in items {
      let name = item.entries?.first?.key ?? item.shown
      let arguments = item.entries?.first?.value.entries ?? []
      guard name.hasSuffix("atari_wrappers.AtariWrapper") else {
        try checkGiven(name, arguments)
        continue
      }
      guard arguments.isEmpty || arguments.allSatisfy({ $0.key == "terminal_on_life_loss" }) else {
        throw Inexpressible("env_wrapper", "\(item.shown) has arguments for which there is no setting")
      }
      guard stacksFourFrames else {
        throw Inexpressible("frame_stack", "the wrappers of Atari stack four frames")
      }
      wrappers = "atari"
      let endsWithLives = !arguments.contains { $0.value == .flag(false) }
      if endsWithLives {
        notices.append(
          "env_wrapper: AtariWrapper ends an episode with each life, and --preset-wrappers atari, which is used for it, does not"
        )
      }
    }
  }

  /// Checks that the user gives a wrapper that the entry names.
  private mutating func checkGiven(_ name: String, _ arguments: [ZooValue.Entry]) throws(Inexpressible) {
    let parts = name.split(separator: ".")
    let reference = parts.dropLast().joined(separator: ".") + ":" + (parts.last ?? "")
    guard given.contains(reference) else {
      throw Inexpressible(
        "env_wrapper", "no code is loaded because such a file names it; add --wrapper \(reference)")
    }
    guard !arguments.isEmpty else { return }
    let words = arguments.map { "--wrapper-arg \($0.key)=\($0.value.shown)" }.joined(separator: " ")
    notices.append("env_wrapper: the entry \(entry) gives \(reference) the arguments that \(words) would")
  }

  private var stacksFourFrames: Bool { value("frame_stack") == .number("4") }
}
