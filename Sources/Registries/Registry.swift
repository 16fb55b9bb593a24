/// An entry of a ``Registry``: one thing that can be chosen by its name.
public protocol RegistryEntry: Sendable {
  /// The name that a user types.
  var name: String { get }
  /// One line that says what the entry is.
  var help: String { get }
}

/// The table of everything of one kind that can be chosen by name: the estimators, the optimizers, the emissions.
///
/// A registry is a value. A program adds its own entries to a copy and hands that to the library or to the command line.
/// There is no entry that is taken when a name is unknown.
public struct Registry<Entry: RegistryEntry>: Sendable {
  /// What the entries are, in the singular: `estimator`.
  public let kind: String
  /// The entries, in the order in which lists show them.
  public private(set) var entries: [Entry]

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - kind: what the entries are, in the singular.
  ///   - entries: the entries; of two with one name the first is found.
  public init(of kind: String, _ entries: [Entry]) {
    (self.kind, self.entries) = (kind, entries)
  }

  /// The names of all entries.
  public var names: [String] { entries.map(\.name) }

  /// Adds an entry at the end.
  ///
  /// - Throws: ``NameTaken`` when there is an entry of this name: a run that names it would change its meaning.
  public mutating func add(_ entry: Entry) throws(NameTaken) {
    guard !names.contains(entry.name) else { throw NameTaken(kind: kind, name: entry.name) }
    entries.append(entry)
  }

  /// Finds the entry of a name.
  ///
  /// - Throws: ``UnknownName``, which names the nearest one.
  public func entry(named name: String) throws(UnknownName) -> Entry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw UnknownName(kind: kind, name: name, known: names)
    }
    return entry
  }
}

/// The error of a name that no entry of a registry has.
public struct UnknownName: Error, Equatable, CustomStringConvertible {
  /// What was looked for.
  public let kind: String
  /// The name.
  public let name: String
  /// The names that there are.
  public let known: [String]

  /// Makes the error.
  public init(kind: String, name: String, known: [String]) {
    (self.kind, self.name, self.known) = (kind, name, known)
  }

  /// One sentence with the nearest name.
  public var description: String {
    let hint = known.isEmpty ? "" : "; the nearest is '\(NearestName.of(name, among: known))'"
    return "there is no \(kind) '\(name)'\(hint)"
  }
}

/// The error of an entry whose name another one has.
public struct NameTaken: Error, Equatable, CustomStringConvertible {
  /// What the entry is.
  public let kind: String
  /// Its name.
  public let name: String

  /// One sentence.
  public var description: String {
    "there is a\(kind.first.map { "aeiou".contains($0) } == true ? "n" : "") \(kind) '\(name)' already; choose another name"
  }
}
