package import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

/// Runs that differ in nothing that counts but their seeds: one curve.
package struct RunGroup: Sendable {
  /// The environment.
  package let environment: String
  /// The name of the axes on which it is drawn: the environment, or several that are compared on the same axes.
  package let field: String
  /// The algorithm's name, the settings that differ, or both.
  package let label: String
  /// The settings by which the group was made, with its values.
  package let settings: [(key: String, value: String)]
  /// The runs.
  package var runs: [RunCurve]

  /// Groups of runs, and what the user should know about them.
  package struct Grouping: Sendable {
    /// The groups, in the order of their first runs; those of one environment follow each other.
    package var groups: [RunGroup]
    /// The keys of the settings by which they were made.
    package var keys: [String]
    /// Notices.
    package var notices: [String]
  }

  /// The key of the environment.
  static let environmentKey = "environment.id"
  /// The key of the algorithm.
  static let algorithmKey = "algorithm.name"
  /// The key that stands for each run by itself.
  static let runKey = "run"

  /// Makes groups of runs.
  ///
  /// - Parameters:
  ///   - runs: the runs.
  ///   - keys: the settings by which they are grouped, `algorithm`, `environment`, or `run` for each by itself; nil for
  ///     environment, algorithm, and each setting that differs between runs of one environment and algorithm.
  /// - Returns: the groups.
  /// - Throws: ``AscentExperiments/ExperimentError/usage(_:)`` for an unknown key; the message names the nearest.
  package static func groups(
    of runs: [RunCurve], by keys: [String]?
  ) throws(ExperimentError) -> Grouping {
    var names: [String] = []
    for key in keys ?? [] { names.append(try resolved(key)) }
    if keys == nil { names = differing(runs) }
    // Different environments are never one curve.
    let environments = Set(runs.map(\.configuration.environment)).count
    let isCompared = environments > 1 && names.contains(environmentKey)
    var groups: [RunGroup] = []
    var index: [[String]: Int] = [:]
    for run in runs {
      let values = names.map { $0 == runKey ? run.folder.path : run.typed($0) }
      let identity = [run.configuration.environment] + values
      if let k = index[identity] {
        groups[k].runs.append(run)
      } else {
        index[identity] = groups.count
        let settings = zip(names, values).map { (key: $0, value: $1) }
        let label = Self.label(settings, run, isNamed: keys != nil, all: names)
        groups.append(
          RunGroup(
            environment: run.configuration.environment,
            field: isCompared ? "\(environments) environments" : run.configuration.environment, label: label,
            settings: settings, runs: [run]))
      }
    }
    if environments > 1 { groups = byEnvironment(groups) }
    let notices = groups.flatMap { group in
      group.notices(alsoSettings: keys != nil && !names.contains(runKey))
    }
    return Grouping(groups: groups, keys: names, notices: notices)
  }

  /// The full key of what a user typed.
  private static func resolved(_ key: String) throws(ExperimentError) -> String {
    if let full = [
      "algorithm": algorithmKey, "environment": environmentKey, "run": runKey, "seed": "run.seed",
    ][key] {
      return full
    }
    let known = Configuration.settings.map(\.key)
    if known.contains(key) { return key }
    let ends = known.filter { $0.hasSuffix("." + key) }
    if ends.count == 1 { return ends[0] }
    let names = ["algorithm", "environment", "run"] + known
    throw .usage("--group-by: \(UnknownName(kind: "setting", name: key, known: names))")
  }

  /// True for settings that make runs different from each other: not the seed, and not the name of a preset, whose settings
  /// count themselves.
  static func distinguishes(_ setting: Setting) -> Bool {
    setting.affectsLearning && !["run.seed", "run.preset"].contains(setting.key)
  }

  /// The settings that differ: the algorithm, and others that differ between runs of one environment and algorithm.
  private static func differing(_ runs: [RunCurve]) -> [String] {
    let classes = Dictionary(grouping: runs) {
      [$0.configuration.environment, $0.configuration.algorithm.name]
    }
    let keys = Configuration.settings.filter { setting in
      guard distinguishes(setting), ![environmentKey, algorithmKey].contains(setting.key) else {
        return false
      }
      return classes.values.contains { members in
        guard let first = members.first.map({ setting.value(in: $0.configuration) }) else { return false }
        return members.contains { setting.value(in: $0.configuration) != first }
      }
    }.map(\.key)
    let algorithms = Set(runs.map(\.configuration.algorithm.name)).count
    return (algorithms > 1 || keys.isEmpty ? [algorithmKey] : []) + keys
  }

  private static func label(
    _ settings: [(key: String, value: String)], _ run: RunCurve, isNamed: Bool, all keys: [String]
  ) -> String {
    let parts = settings.map { key, value in
      guard ![algorithmKey, environmentKey, runKey].contains(key) else { return value }
      let name = shortName(key, among: keys)
      return "\(name)=\(value.isEmpty ? "none" : value)"
    }
    return parts.isEmpty ? run.configuration.algorithm.name : parts.joined(separator: " ").inOneLine
  }

  /// The last part of a key, if no other key has the same.
  static func shortName(_ key: String, among keys: [String]) -> String {
    let last = key.split(separator: ".").last.map(String.init) ?? key
    let isUnique = keys.filter { $0 == last || $0.hasSuffix("." + last) }.count < 2
    // `steps` would be the axis.
    return isUnique && !["steps", "every_steps"].contains(last) ? last : key
  }

  private static func byEnvironment(_ groups: [RunGroup]) -> [RunGroup] {
    var order: [String] = []
    for group in groups where !order.contains(group.environment) { order.append(group.environment) }
    return order.flatMap { name in groups.filter { $0.environment == name } }
  }

  /// What is odd about the runs of the group.
  private func notices(alsoSettings: Bool) -> [String] {
    var notices: [String] = []
    let others = Configuration.settings.filter { setting in
      Self.distinguishes(setting) && Set(runs.map { setting.value(in: $0.configuration).typed }).count > 1
    }.map(\.key)
    if alsoSettings, !others.isEmpty {
      let list = others.prefix(6).joined(separator: ", ") + (others.count > 6 ? ", …" : "")
      notices.append("the \(runs.count) runs of \(label) also differ in \(list)")
    }
    if let notice = RunAgreement.notice(runs.map(\.folder)) { notices.append(notice) }
    if others.isEmpty {
      let bySeed = Dictionary(grouping: runs, by: \.configuration.seed)
      for (seed, same) in bySeed.sorted(by: { $0.key < $1.key }) where same.count > 1 {
        let names = same.map(\.folder.path).joined(separator: ", ")
        notices.append(
          "\(names) have the same settings and the same seed \(seed): they count as several, but are one")
      }
    }
    return notices
  }
}
