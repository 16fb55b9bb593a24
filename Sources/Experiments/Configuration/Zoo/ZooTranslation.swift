internal import AscentRegistries

/// The entry of an environment in a hyperparameter file of rl-baselines3-zoo, as settings.
///
/// The settings are those of Stable-Baselines3, its defaults included, so that the same entry describes the same algorithm.
/// An entry whose keys cannot all be expressed is refused with the name of the key, unless the key changes nothing that is
/// learned; such keys, and small differences, are notices.
public struct ZooTranslation: Sendable {
  /// The name of the entry.
  public let entry: String
  /// The settings in the order in which they are set.
  let settings: [(key: String, typed: String, source: String)]
  /// The wrappers' group of the entry, for `--preset-wrappers`; nil for none.
  let wrappers: String?
  /// What the run does not have, or has otherwise, in sentences.
  public let notices: [String]
  private let file: String

  /// The algorithms of the files, by the beginnings of their names.
  enum Method: String, CaseIterable {
    case recurrent = "ppo_lstm"
    case ppo, a2c, trpo

    /// The name of the algorithm here.
    var algorithm: String { self == .recurrent ? "ppo" : rawValue }
  }

  /// Reads the entry of an environment.
  ///
  /// - Parameters:
  ///   - place: the path of the file; with `:NAME` behind it, the entry of this name.
  ///   - environment: ENV of the command line.
  ///   - algorithm: the algorithm of the file, if its name does not say it; nil for that of the file's name.
  ///   - given: the wrappers that the user gives, as `module:Class`; the entry may name these.
  /// - Throws: ``ExperimentError/usage(_:)`` for a file that is not read, an entry that does not exist, or a key that
  ///   cannot be expressed.
  public init(
    of place: String, environment: String, algorithm: String? = nil, wrappers given: [String] = []
  ) throws(ExperimentError) {
    let (file, named) = Self.parts(of: place)
    self.file = file
    let text = String(decoding: try AtomicFile.read(file, limit: ZooReader.largest), as: UTF8.self)
    let all = try ZooReader.entries(of: text, file: file)
    let found = try Self.entry(named ?? environment, isNamed: named != nil, among: all, file: file)
    guard let entries = found.value.entries else {
      throw .usage("\(file), line \(found.line): the entry \(found.key) has no settings")
    }
    var translator = ZooTranslator(method: try Self.method(of: file, algorithm: algorithm), entry: found.key)
    translator.given = given
    do throws(ZooTranslator.Inexpressible) {
      try translator.translate(entries)
    } catch {
      let line = entries.first { $0.key == error.key }.map { ", line \($0.line)" } ?? ""
      throw .usage(
        "\(file)\(line): \(error.path) of the entry \(found.key) cannot be expressed: \(error.reason)")
    }
    (entry, settings, notices) = (found.key, translator.settings, translator.notices)
    wrappers = translator.wrappers
  }

  /// The path, and the name of an entry behind it.
  private static func parts(of place: String) -> (file: String, entry: String?) {
    for ending in [".yml:", ".yaml:"] {
      guard let range = place.firstRange(of: ending) else { continue }
      let end = place.index(before: range.upperBound)
      return (String(place[..<end]), String(place[range.upperBound...]))
    }
    return (place, nil)
  }

  private static func method(of file: String, algorithm: String?) throws(ExperimentError) -> Method {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let said = Method.allCases.first { name.hasPrefix($0.rawValue) }
    guard let algorithm else {
      if let said { return said }
      throw .usage(
        "\(file) does not say its algorithm by its name, as ppo.yml, a2c.yml, trpo.yml and ppo_lstm.yml do; add --algorithm"
      )
    }
    if let said, said.algorithm == algorithm { return said }
    guard said == nil, let method = Method(rawValue: algorithm) else {
      throw .usage("\(file) has settings of \(said?.rawValue ?? "ppo, a2c or trpo"), not of \(algorithm)")
    }
    return method
  }

  private static func entry(
    _ wanted: String, isNamed: Bool, among entries: [ZooValue.Entry], file: String
  ) throws(ExperimentError) -> ZooValue.Entry {
    // module:Id
    let id = wanted.split(separator: ":").last.map(String.init) ?? wanted
    if let own = entries.first(where: { $0.key == wanted || $0.key == id }) { return own }
    let isAtari = id.hasPrefix("ALE/") || id.contains("NoFrameskip")
    if !isNamed, let group = entries.first(where: { $0.key == (isAtari ? "atari" : "default") }) {
      return group
    }
    let nearest = NearestName.of(id, among: entries.map(\.key))
    throw .usage(
      "\(file) has no entry \(TOMLReader.shown(id)); the nearest is \(nearest), which --zoo \(file):\(nearest) takes"
    )
  }
}

extension Configuration {
  /// Applies the settings of an entry, in the place of a preset.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for a value that a setting does not take.
  public mutating func apply(_ zoo: ZooTranslation) throws(ExperimentError) {
    preset = ""
    for (key, typed, source) in zoo.settings {
      do {
        try set(key, typed: typed)
      } catch {
        throw .usage("--zoo: \(source) of the entry \(zoo.entry): \(error)")
      }
      attribute(to: source == ZooDefaults.source ? source : "\(source) of the zoo's \(zoo.entry)")
    }
    guard let wrappers = zoo.wrappers else { return }
    let added = try addWrappers(named: wrappers)
    try set("environment.wrappers", typed: added.map(\.typed).joined(separator: ","))
    attribute(to: "env_wrapper of the zoo's \(zoo.entry)")
  }
}
