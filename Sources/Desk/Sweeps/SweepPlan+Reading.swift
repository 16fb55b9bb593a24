package import AscentExperiments
import AscentRegistries

// The file of a sweep.
extension SweepPlan {
  /// The keys of a file that are no tables.
  private static let keys = [
    "environment", "algorithm", "algorithms", "seeds", "steps", "method", "trials", "seed", "batch", "pruner",
    "goal",
    "preset", "config",
  ]
  private static let tables = ["settings", "grid", "space", "evaluation"]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - text: its text.
  ///   - file: its name, for messages.
  /// - Throws: ``ExperimentError/usage(_:)`` for an unknown key, with the nearest one, and for a value that does not fit.
  package init(reading text: String, file: String) throws(ExperimentError) {
    var (seeds, table): (SettingValue?, String?) = (nil, nil)
    let entries = try TOMLText.entries(of: text, file: file)
    guard ["algorithm", "algorithms"].count(where: { key in entries.contains { $0.path == [key] } }) < 2
    else {
      throw .usage("\(file) has algorithm and algorithms; a sweep has one of them")
    }
    for (path, value) in entries {
      let name = path[0]
      let rest = path.dropFirst().joined(separator: ".")
      switch name {
      case "seeds" where path.count == 1: seeds = value
      case "settings" where !rest.isEmpty: settings.append(Assignment(rest, value))
      case "grid" where !rest.isEmpty, "space" where !rest.isEmpty:
        if let table, table != name {
          throw .usage("\(file) has [grid] and [space]; a sweep has one of them")
        }
        table = name
        ranges.append(try Self.range(Array(path.dropFirst()), value, isGrid: name == "grid", file))
      case "evaluation" where path.count == 2: try setEvaluation(rest, value, file)
      case _ where path.count == 1 && Self.keys.contains(name): try set(name, value, file)
      case _ where Self.tables.contains(name):
        throw .usage("\(file): [\(name)] is a table of keys and values")
      default:
        let known = Self.keys + Self.tables
        throw .usage(
          "\(file): \(UnknownName(kind: "key", name: path.joined(separator: ".").inOneLine, known: known))")
      }
    }
    self.seeds = try Self.seeds(seeds, file)
    try checkWhole(table: table, file)
  }

  /// Reads a range: the last name of a path of `[space]` may be the kind, as in `algorithm.rate = { log = [1e-5, 1e-2] }`.
  private static func range(
    _ path: [String], _ value: SettingValue, isGrid: Bool, _ file: String
  ) throws(ExperimentError) -> SweepRange {
    let (key, above) = (path.joined(separator: "."), path.dropLast().joined(separator: "."))
    let isKnown = { (key: String) in Configuration.settings.contains { $0.key == key } }
    let isArgument = path.starts(with: ["environment", "arguments"])
    guard !isGrid, !isKnown(key), let kind = path.last, !above.isEmpty, !isArgument || path.count > 3 else {
      return try SweepRange(key, kind: nil, value, file)
    }
    if SweepRange.kinds.contains(kind) { return try SweepRange(above, kind: kind, value, file) }
    guard !isKnown(above) else {
      throw .usage(
        "\(file): \(above): \(UnknownName(kind: "range", name: kind.inOneLine, known: SweepRange.kinds))")
    }
    return try SweepRange(key, kind: nil, value, file)
  }

  /// The seeds: a number of them, from 1 on, or a list.
  private static func seeds(_ value: SettingValue?, _ file: String) throws(ExperimentError) -> [UInt64] {
    switch value {
    case nil:
      throw .usage(
        "\(file) has no seeds; write seeds = 5 for the seeds 1 to 5, or a list such as seeds = [11, 12]")
    case .integer(let count) where (1...Int64(mostTrials)).contains(count):
      return (1...UInt64(count)).map(\.self)
    case .integers(let list) where !list.isEmpty && list.allSatisfy({ $0 >= 0 }):
      if let twice = list.enumerated().first(where: { list[..<$0.offset].contains($0.element) }) {
        throw .usage("\(file): seeds has \(twice.element) twice")
      }
      return list.map { UInt64($0) }
    case .some(let value):
      throw .usage(
        "\(file): seeds takes a number from 1 to \(mostTrials), or a list of whole numbers from 0, not \(value.toml)"
      )
    }
  }

  private mutating func set(_ key: String, _ value: SettingValue, _ file: String) throws(ExperimentError) {
    switch key {
    case "environment": environment = try Self.text(value, key, file)
    case "algorithm": algorithms = [try Self.text(value, key, file)]
    case "algorithms":
      algorithms = []
      for one in try SweepRange.list(value, of: key, file) {
        algorithms.append(try Self.text(one, key, file))
      }
    case "steps": steps = try Self.count(value, key, file)
    case "trials": trials = try Self.count(value, key, file)
    case "batch": batch = try Self.count(value, key, file)
    case "seed": seed = UInt64(try Self.count(value, key, file, from: 0))
    case "method": method = try Self.choice(value, key, file)
    case "pruner": pruner = try Self.choice(value, key, file)
    case "preset": preset = try Self.text(value, key, file)
    case "config": config = try Self.text(value, key, file)
    default:
      guard let number = value.double, number.isFinite else {
        throw .usage("\(file): \(key) takes a number, not \(value.toml)")
      }
      goal = number
    }
  }

  private mutating func setEvaluation(_ key: String, _ value: SettingValue, _ file: String)
    throws(ExperimentError)
  {
    switch key {
    case "episodes": episodes = try Self.count(value, "evaluation.episodes", file)
    case "seed": evaluationSeed = UInt64(try Self.count(value, "evaluation.seed", file, from: 0))
    default:
      throw .usage(
        "\(file): \(UnknownName(kind: "key of [evaluation]", name: key.inOneLine, known: ["episodes", "seed"]))"
      )
    }
  }

  private static func text(_ value: SettingValue, _ key: String, _ file: String) throws(ExperimentError)
    -> String
  {
    guard case .text(let text) = value, !text.isEmpty else {
      throw .usage("\(file): \(key) takes a text in quotes, not \(value.toml)")
    }
    return text
  }

  private static func count(
    _ value: SettingValue, _ key: String, _ file: String, from least: Int = 1
  ) throws(ExperimentError) -> Int {
    guard let count: Int = SettingValue.whole(value.typed), count >= least else {
      throw .usage("\(file): \(key) takes a whole number from \(least), not \(value.toml)")
    }
    return count
  }

  private static func choice<Choice: CaseIterable & RawRepresentable>(
    _ value: SettingValue, _ key: String, _ file: String
  ) throws(ExperimentError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: value.typed) else {
      let known = Choice.allCases.map(\.rawValue)
      throw .usage("\(file): \(UnknownName(kind: key, name: value.typed.inOneLine, known: known))")
    }
    return choice
  }

  /// Checks what one key says about another.
  private func checkWhole(table: String?, _ file: String) throws(ExperimentError) {
    guard !environment.isEmpty else {
      throw .usage("\(file) has no environment; write environment = \"CartPole-v1\"")
    }
    if let twice = algorithms.enumerated().first(where: { algorithms[..<$0.offset].contains($0.element) }) {
      throw .usage("\(file): algorithms has \(twice.element) twice")
    }
    let keys = settings.map(\.key) + ranges.map(\.key)
    for (k, key) in keys.enumerated() {
      if keys[..<k].contains(key) { throw .usage("\(file): \(key) is set twice, or it is fixed and varies") }
      if let own = [
        "environment.id": "environment", "algorithm.name": "algorithms", "run.seed": "seeds",
        "run.steps": "steps",
      ][key] {
        throw .usage("\(file): \(key) is said by the key \(own) at the top")
      }
    }
    if method == .grid {
      guard table != "space" else {
        throw .usage("\(file): [space] is for method = \"random\" or \"tpe\"; a grid has [grid]")
      }
      guard trials == nil else {
        throw .usage("\(file): a grid makes all its combinations; omit trials, or choose method = \"random\"")
      }
      guard pruner == .none else { throw .usage("\(file): a pruner needs method = \"random\" or \"tpe\"") }
    } else {
      guard table == "space" else {
        throw .usage("\(file): method = \"\(method.rawValue)\" needs a table [space] with ranges")
      }
      guard trials != nil else {
        throw .usage("\(file): method = \"\(method.rawValue)\" needs trials, the number of settings to try")
      }
      if pruner != .none, steps == nil {
        throw .usage("\(file): a pruner needs steps, the length of a whole training")
      }
    }
  }
}
