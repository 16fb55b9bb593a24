package import AscentExperiments
import AscentPolicyGradients
import AscentRandomness
import AscentRegistries

// The settings that a sweep tries, and the check that they are settings.
extension SweepPlan {
  /// The number of settings.
  ///
  /// - Parameter file: the name of the file, for messages.
  /// - Returns: the number, all algorithms together.
  /// - Throws: ``ExperimentError/usage(_:)`` if there are too many trials.
  package func candidateCount(file: String) throws(ExperimentError) -> Int {
    var count = method == .grid ? 1.0 : Double(trials ?? 0)
    if method == .grid { for range in ranges { count *= Double(range.ends.count) } }
    let settings = count * Double(algorithms.count)
    let all = settings * Double(seeds.count)
    guard all <= Double(Self.mostTrials) else {
      let cure = method == .grid ? "; try some of them with method = \"random\", [space] and trials" : ""
      throw .usage(
        "\(file) describes \(Self.words(settings)) settings × \(seeds.count) seeds = \(Self.words(all)) trials, more than the "
          + "\(Self.mostTrials) that a sweep makes\(cure)")
    }
    return Int(settings)
  }

  private static func words(_ number: Double) -> String { number < 1e15 ? String(Int(number)) : "\(number)" }

  /// The settings of a grid or of random draws, in their order; those of Optuna are only known one after the other.
  ///
  /// - Throws: ``ExperimentError`` if a stream cannot be made.
  package func candidates() throws(ExperimentError) -> [Candidate] {
    var all: [Candidate] = []
    for algorithm in algorithms {
      let values = method == .grid ? combinations : try draws()
      for (k, one) in values.enumerated() { all.append(candidate(algorithm, k, of: values.count, one)) }
    }
    return all
  }

  /// Names settings.
  func candidate(_ algorithm: String, _ index: Int, of count: Int, _ values: [Assignment]) -> Candidate {
    Candidate(
      name: count == 1 && values.isEmpty ? algorithm : "\(algorithm)-\(index + 1)", algorithm: algorithm,
      values: values)
  }

  /// All combinations; the last key varies fastest.
  private var combinations: [[Assignment]] {
    ranges.reduce([[]]) { before, range in
      before.flatMap { values in range.ends.map { values + [Assignment(range.key, $0)] } }
    }
  }

  private func draws() throws(ExperimentError) -> [[Assignment]] {
    var all: [[Assignment]] = []
    for k in 0..<(trials ?? 0) { all.append(try draw(k)) }
    return all
  }

  /// Draws settings; each number has a stream of its own, so that more trials only add some.
  ///
  /// - Parameter number: the number, from 0.
  /// - Returns: a value for each range.
  /// - Throws: ``ExperimentError`` if the stream cannot be made.
  package func draw(_ number: Int) throws(ExperimentError) -> [Assignment] {
    let stream: RandomStream
    do {
      stream = try RandomStream(StreamKey(seed: seed, purpose: .sweeps, episode: UInt32(number)))
    } catch {
      throw .machine("\(error)")
    }
    return ranges.map { Assignment($0.key, $0.draw(from: stream)) }
  }

  /// The settings before those that vary, as `ascent train` resolves them.
  ///
  /// - Parameters:
  ///   - algorithm: the algorithm.
  ///   - catalog: the names.
  /// - Returns: the configuration.
  /// - Throws: ``ExperimentError/usage(_:)`` for what `ascent train` would refuse.
  package func configuration(_ algorithm: String, _ catalog: Catalog) throws(ExperimentError) -> Configuration
  {
    var configuration = Configuration(environment: environment, catalog: catalog)
    let known = catalog.algorithms.entries.filter { !$0.isOfDemonstrations }.map(\.name)
    guard catalog.algorithms.entries.contains(where: { $0.name == algorithm }) else {
      throw .usage("\(UnknownName(kind: "algorithm", name: algorithm.inOneLine, known: known))")
    }
    try configuration.set("algorithm.name", typed: algorithm)
    guard !configuration.algorithm.isOfDemonstrations else {
      throw .usage("\(algorithm) learns from demonstrations, not from rewards; a sweep trains")
    }
    try configuration.apply(preset: preset ?? (config == nil ? nil : Presets.none))
    if let config {
      configuration = try .reading(try TOMLText.read(config), file: config, over: configuration)
      configuration.environment = environment
      guard configuration.algorithm.name == algorithm else {
        throw .usage("\(config) is for \(configuration.algorithm.name), not for \(algorithm)")
      }
    }
    if let steps { try configuration.set("run.steps", typed: String(steps)) }
    for one in settings { try configuration.set(one.key, typed: one.typed) }
    return configuration
  }

  /// Checks that every setting exists and accepts what is tried.
  ///
  /// - Parameters:
  ///   - catalog: the names.
  ///   - file: the name of the file, for messages.
  /// - Throws: ``ExperimentError/usage(_:)``, which names the setting.
  package func check(_ catalog: Catalog, file: String) throws(ExperimentError) {
    do throws(ExperimentError) {
      for algorithm in algorithms {
        let base = try configuration(algorithm, catalog)
        for range in ranges {
          for value in range.samples {
            var tried = base
            try tried.set(range.key, typed: Assignment(range.key, value).typed)
          }
        }
      }
    } catch {
      guard case .usage(let sentence) = error else { throw error }
      throw .usage("\(file): \(sentence)")
    }
  }
}
