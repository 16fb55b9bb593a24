internal import AscentEnvironments
internal import AscentRandomness

extension BareEnvironments {
  /// Opens a native environment for each lane.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for settings that apply to hosted environments only.
  init(
    _ entry: NativeEnvironment, _ configuration: Configuration, lanes: Range<Int>
  ) throws(ExperimentError) {
    try Self.refuseHostedSettings(configuration)
    let limit = configuration.timeLimit > 0 ? configuration.timeLimit : entry.timeLimit
    versions = [("ascent", AscentVersion.current), ("gsl", RandomGenerator.libraryVersion)]
    horizon = limit
    do {
      for lane in lanes {
        add(
          try entry.open(configuration.generator, lane: lane, timeLimit: limit),
          toleratesFaults: configuration.onFault == .resetLane)
      }
      if case .finite(let tables) = entry.model {
        let own = try tables()
        process = { own }
      }
    } catch let error as RandomnessError {
      throw ExperimentError(error)
    } catch {
      throw .usage("\(error)")
    }
  }

  private static func refuseHostedSettings(_ configuration: Configuration) throws(ExperimentError) {
    guard configuration.environmentRandomness == .streams else {
      throw .usage("native environments draw from Ascent's streams only; omit --environment-rng")
    }
    if let argument = configuration.constructorArguments.entries.first {
      throw .usage("native environments take no arguments; omit --env-arg \(argument.name)")
    }
    if let wrapper = configuration.wrappers.first {
      throw .usage("native environments have no Python; omit the wrapper \(wrapper.reference)")
    }
    if let emission = try configuration.emissions.hosted().first {
      throw .usage("native environments have no Python; omit the emission \(emission)")
    }
    guard configuration.vector == 0 else {
      throw .usage("native environments have no vector form; omit --vector")
    }
    guard !configuration.masksActions else {
      throw .usage("native environments allow every action; omit environment.action_masks")
    }
    guard !configuration.capturesRandomness else {
      throw .usage("native environments draw from Ascent's streams only; omit --capture-rng")
    }
  }
}
