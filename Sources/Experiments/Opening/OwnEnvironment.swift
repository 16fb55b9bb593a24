public import AscentEnvironments
internal import AscentRegistries

extension Catalog {
  /// Adds an environment of the program's own, which runs then name as `native:NAME`.
  ///
  /// - Parameters:
  ///   - name: NAME, also with `native:` before it.
  ///   - timeLimit: the number of steps after which episodes are truncated; nil if the environment ends them itself.
  ///   - make: makes the environment of a lane. Its bits must depend on nothing but the streams of its `reset`.
  /// - Throws: ``ExperimentError/usage(_:)`` when an environment has this name.
  public mutating func add(
    _ name: String, timeLimit: Int? = nil,
    environment make: @escaping @Sendable (_ lane: Int) throws -> any Environment
  ) throws(ExperimentError) {
    let name =
      name.hasPrefix(EnvironmentReference.prefix)
      ? String(name.dropFirst(EnvironmentReference.prefix.count)) : name
    guard !name.isEmpty, name.allSatisfy({ !$0.isWhitespace && !$0.isNewline && $0 != ":" }) else {
      throw .usage(
        "'\(name)' is no name of an environment: it has letters, digits and signs, but no space or colon")
    }
    let entry = NativeEnvironment(
      name, help: "an environment of this program", timeLimit: timeLimit,
      model: .own { lane, _ in try make(lane) })
    do {
      try environments.add(entry)
    } catch {
      throw .usage("\(error)")
    }
  }
}

extension Training {
  /// Opens a run in an environment of the program's own.
  ///
  /// The run's folder names the environment as `native:NAME`; a program that adds it to its ``Catalog`` under this name
  /// can evaluate, reproduce and resume the run, also from its command line.
  ///
  /// - Parameters:
  ///   - configuration: the settings; `configuration.environment` is NAME or `native:NAME`.
  ///   - folder: the folder of the run, or nil for a new folder below `runs/`.
  ///   - beginning: the part of the run.
  ///   - workforce: the processes that make the run.
  ///   - make: makes the environment of a lane; ``Configuration/timeLimit`` truncates its episodes.
  /// - Throws: ``ExperimentError``; wrong settings are found before anything is written.
  public init(
    _ configuration: Configuration, folder: RunFolder? = nil, beginning: Beginning = .new,
    workforce: Workforce = Workforce(),
    environment make: @escaping @Sendable (_ lane: Int) throws -> any Environment
  ) throws(ExperimentError) {
    let own = try configuration.naming(make)
    try self.init(
      own, folder: folder, host: Host(catalog: own.catalog), beginning: beginning, workforce: workforce)
  }
}

extension Evaluation {
  /// Plays episodes of a run's policy in an environment of the program's own.
  ///
  /// - Parameters:
  ///   - folder: the run.
  ///   - episodes: the number of episodes.
  ///   - isStochastic: draw actions instead of taking the most probable ones.
  ///   - seed: the seed of the streams; training uses streams of other purposes.
  ///   - catalog: the entries that the run's settings name.
  ///   - make: makes the environment of a lane.
  /// - Throws: ``ExperimentError`` when the run cannot be read or the environment fails.
  public init(
    of folder: RunFolder, episodes: Int = 100, isStochastic: Bool = false, seed: UInt64 = 1,
    catalog: Catalog = .standard,
    environment make: @escaping @Sendable (_ lane: Int) throws -> any Environment
  ) throws(ExperimentError) {
    let own = try Configuration.ofRun(folder, catalog).naming(make)
    try self.init(
      of: folder, episodes: episodes, isStochastic: isStochastic,
      EvaluationPlan(seed: seed, host: Host(catalog: own.catalog)))
  }
}

extension Configuration {
  /// The configuration with `make` as the environment that it names.
  fileprivate func naming(
    _ make: @escaping @Sendable (_ lane: Int) throws -> any Environment
  ) throws(ExperimentError) -> Configuration {
    var (own, catalog) = (self, catalog)
    try catalog.add(environment, environment: make)
    own.catalog = catalog
    if !environment.hasPrefix(EnvironmentReference.prefix) {
      own.environment = EnvironmentReference.prefix + environment
    }
    return own
  }
}
