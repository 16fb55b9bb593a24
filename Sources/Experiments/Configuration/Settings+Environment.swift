internal import AscentEnvironments
internal import AscentPolicyGradients
internal import AscentRegistries

extension Configuration {
  /// The largest number of bytes of a reference to a file, a module or an id: that of a path.
  private static let longestReference = 4096

  /// `environment.*`.
  static let environmentSettings: [Setting] = [
    Setting(
      "environment.id", "The environment: a Gymnasium id, module:Id, file.py:Name or native:NAME.",
      takes: "a text"
    ) {
      .text($0.environment)
    } set: { configuration, value throws(Setting.Refusal) in
      guard case .text(let text) = value, !text.isEmpty, text.utf8.count <= longestReference else {
        throw Setting.Refusal()
      }
      configuration.environment = text
    },
    Setting(
      "environment.arguments",
      "The keyword arguments of the environment's constructor, as TOML; environment.arguments.NAME sets one of them.",
      takes: "a table such as {is_slippery = false}"
    ) {
      .table($0.constructorArguments)
    } set: { configuration, value throws(Setting.Refusal) in
      guard case .table(let arguments) = value else { throw Setting.Refusal() }
      configuration.constructorArguments = arguments
      configuration.constructorArguments.sort()
    },
    Setting(
      "environment.wrappers",
      "The Python wrappers around the environment with their arguments, the innermost first.",
      takes: "wrappers such as module:Class or file.py:Class {size = 8}, joined by commas"
    ) {
      .texts($0.wrappers.map(\.typed))
    } set: { configuration, value throws(Setting.Refusal) in
      guard case .texts(let texts) = value else { throw Setting.Refusal() }
      let parts = WrapperReference.joined(texts)
      let wrappers = parts.compactMap { WrapperReference(typed: $0) }
      guard wrappers.count == parts.count,
        wrappers.allSatisfy({ $0.reference.utf8.count <= longestReference })
      else { throw Setting.Refusal() }
      configuration.wrappers = wrappers
    },
    .choice(
      "environment.rng", \.environmentRandomness, "The source of the environment's random numbers."),
    .flag(
      "environment.capture_rng", \.capturesRandomness,
      "True: Python's random and numpy.random also draw from the lane's stream."),
    .choice(
      "environment.on_fault", \.onFault,
      "The part of the training that ends when a step raises an exception or returns an invalid value."),
    .integer(
      "environment.time_limit", \.timeLimit, in: 0...Sampler.longestEpisode,
      "The number of steps after which an episode is truncated; 0 for the environment's own limit.",
      unit: "steps"),
    emission,
    alsoObserve,
    .integer(
      "environment.frame_stack", \.frameStack, in: 1...64,
      "The number of latest observations that the policy receives at once, the newest last.",
      unit: "observations"),
    .flag(
      "environment.action_masks", \.masksActions,
      "True: the environment gives a mask of the allowed actions, by action_masks() or info[\"action_mask\"]."
    ),
    .integer(
      "environment.vector", \.vector, in: 0...4096,
      "The number of neighboring lanes in one vector environment; 0 for separate environments.", unit: "lanes"
    ),
    .integer(
      "environment.vector_steps", \.vectorSteps, in: 1...1_000_000_000,
      "The number of steps after which a vector environment is restarted, which cuts its open episodes.",
      unit: "steps"),
    Setting(
      "environment.register",
      "Modules to import before the environment is looked up, and functions of them to call.",
      takes: "module or module:function, joined by commas"
    ) {
      .texts($0.register)
    } set: { configuration, value throws(Setting.Refusal) in
      guard case .texts(let texts) = value,
        texts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= longestReference })
      else { throw Setting.Refusal() }
      configuration.register = texts
    },
  ]

  private static let emission = Setting(
    "environment.emission",
    "The emissions between the environment and the policy, applied from left to right.",
    takes: "emissions such as hide=1,3 or path.py:Class, joined by commas"
  ) {
    .texts($0.emissions.map(\.typed))
  } set: { configuration, value throws(Setting.Refusal) in
    guard case .texts(let texts) = value else { throw Setting.Refusal() }
    let registry = configuration.catalog.emissions
    do throws(EmissionError) {
      var emissions: [EmissionReference] = []
      for text in EmissionReference.joined(texts, registry) {
        emissions.append(try EmissionReference(typed: text, registry))
      }
      configuration.emissions = emissions
    } catch {
      if case .argument(_, let allowed) = error { throw Setting.Refusal(allowed: allowed) }
      throw Setting.Refusal(allowed: registry.names.joined(separator: ", ") + " and path.py:Class")
    }
  }.choosing { catalog in
    catalog.emissions.entries.map { ($0.name + $0.form, $0.help) }
  }

  private static let alsoObserve = Setting(
    "environment.also_observe", "The quantities that are appended to each observation.",
    takes: "any of " + AlsoObserve.Part.allCases.map(\.rawValue).joined(separator: ", ")
  ) {
    .texts($0.alsoObserves.map(\.rawValue))
  } set: { configuration, value throws(Setting.Refusal) in
    guard case .texts(let texts) = value else { throw Setting.Refusal() }
    let parts = texts.compactMap { AlsoObserve.Part(rawValue: $0) }
    guard parts.count == texts.count else { throw Setting.Refusal() }
    configuration.alsoObserves = parts
  }.choosing { _ in
    AlsoObserve.Part.allCases.map { ($0.rawValue, $0.help) }
  }
}
