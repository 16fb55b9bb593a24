package import AscentExperiments
internal import AscentRegistries

/// The runs that paths name: a run's folder, or a folder with runs in it.
package struct RunSearch: Sendable {
  /// The runs, in the order of the paths, those of one folder by name; each once.
  package private(set) var runs: [RunCurve] = []
  /// What was left out, and why.
  package private(set) var notices: [String] = []
  private let catalog: Catalog
  private var places: Set<String> = []
  private var visited = 0

  /// The number of levels of folders below a named one in which runs are looked for.
  private static let depth = 4
  /// The largest number of folders that are looked at.
  private static let most = 10_000

  /// Reads the runs.
  ///
  /// - Parameters:
  ///   - paths: the paths.
  ///   - catalog: the names that run.toml may have.
  /// - Throws: ``AscentExperiments/ExperimentError`` if a path is no folder, has no run, or is itself a run that cannot be
  ///   read. One of several runs in a folder that cannot be read is left out, which a notice says.
  package init(_ paths: [String], _ catalog: Catalog) throws(ExperimentError) {
    self.catalog = catalog
    for path in paths {
      try checkFolder(path)
      let folder = RunFolder(path)
      if folder.containsRun {
        try add(RunCurve(folder, catalog))
      } else {
        try search(path)
      }
    }
  }

  private mutating func search(_ path: String) throws(ExperimentError) {
    let before = (runs: runs.count, notices: notices.count)
    let named = try below(path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path, Self.depth)
    guard !named.isEmpty else {
      throw .usage(
        "\(path) has no run: neither it nor a folder in it has a run.toml (ascent train --out \(path)/NAME makes one)"
      )
    }
    var known = false
    for name in named {
      do throws(ExperimentError) {
        known = try add(RunCurve(RunFolder(name), catalog)) || known
      } catch {
        notices.append("left out: \(error)")
      }
    }
    guard runs.count > before.runs || known else {
      throw .usage(
        "\(path) has no run that can be read: \(notices[before.notices...].joined(separator: "; "))")
    }
  }

  /// Adds a run, unless it is there already under another name; returns true if it is.
  @discardableResult private mutating func add(_ run: RunCurve) -> Bool {
    let isNew = places.insert(FilePlace.status(run.folder.absolutePath)?.place ?? run.folder.path).inserted
    if isNew {
      runs.append(run)
      if run.table.damagedLines > 0 {
        notices.append(
          "\(run.table.path): \(run.table.damagedLines) lines are no rows and were left out; "
            + "ascent train --out \(run.folder.path) --resume restores them")
      }
    }
    return !isNew
  }

  /// The folders with a run.toml below a folder, sorted as a reader expects: seed-2 before seed-10.
  private mutating func below(_ folder: String, _ depth: Int) throws(ExperimentError) -> [String] {
    guard depth > 0 else { return [] }
    var found: [String] = []
    for name in RunFolder.entries(of: folder).filter({ !$0.hasPrefix(".") }).sorted(by: Self.isBefore) {
      let path = folder == "/" ? "/" + name : folder + "/" + name
      guard FilePlace.isFolder(path) else { continue }
      visited += 1
      guard visited <= Self.most else {
        throw .usage(
          "there are more than \(Self.most) folders below \(folder); name the one that has the runs")
      }
      if RunFolder(path).containsRun {
        found.append(path)
      } else {
        found += try below(path, depth - 1)
      }
    }
    return found
  }

  /// True if a name comes before another one; digits count as numbers.
  static func isBefore(_ a: String, _ b: String) -> Bool {
    let (x, y) = (parts(a), parts(b))
    for (one, other) in zip(x, y) where one != other {
      if let m = Int(one), let n = Int(other), m != n { return m < n }
      return one < other
    }
    return x.count < y.count
  }

  private static func parts(_ name: String) -> [String] {
    var parts: [String] = []
    for character in name {
      if let last = parts.last?.last, last.isNumber == character.isNumber {
        parts[parts.count - 1].append(character)
      } else {
        parts.append(String(character))
      }
    }
    return parts
  }

  private func checkFolder(_ path: String) throws(ExperimentError) {
    guard FilePlace.status(path) != nil else {
      let parent = FilePlace.folder(of: path)
      let names = RunFolder.entries(of: parent).filter { !$0.hasPrefix(".") }
      let nearest = NearestName.of(FilePlace.name(of: path), among: names.sorted())
      let hint =
        nearest.isEmpty ? "" : "; the nearest is '\(parent == "." ? nearest : parent + "/" + nearest)'"
      throw .usage("there is no folder \(path)\(hint)")
    }
    guard FilePlace.isFolder(FilePlace.resolved(path)) else {
      throw .usage("\(path) is a file; name the folder of a run, or a folder of runs")
    }
  }
}
