/// An entry of a ``Registry``: one thing that can be chosen by its name.
public protocol RegistryEntry: Sendable {
  /// The name that a user types.
  var name: String { get }
  /// A description of the entry in one line.
  var help: String { get }
}

/// A table of all things of one kind that can be chosen by name, such as the estimators, optimizers or emissions.
///
/// A registry is a value: a program adds its own entries to a copy and passes the copy to the library or the command
/// line. An unknown name is an error; no entry is a default.
public struct Registry<Entry: RegistryEntry>: Sendable {
  /// The kind of the entries, in the singular: `estimator`.
  public let kind: String
  /// The entries, in the order in which lists show them.
  public private(set) var entries: [Entry]

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - kind: the kind of the entries, in the singular.
  ///   - entries: the entries; of two with the same name, the first is found.
  public init(of kind: String, _ entries: [Entry]) {
    (self.kind, self.entries) = (kind, entries)
  }

  /// The names of all entries.
  public var names: [String] { entries.map(\.name) }

  /// Adds an entry at the end.
  ///
  /// - Throws: ``NameTaken`` when an entry has this name: runs that use the name would change their meaning.
  public mutating func add(_ entry: Entry) throws(NameTaken) {
    guard !names.contains(entry.name) else { throw NameTaken(kind: kind, name: entry.name) }
    entries.append(entry)
  }

  /// Returns the entry with a name.
  ///
  /// - Throws: ``UnknownName``, whose message has the nearest name.
  public func entry(named name: String) throws(UnknownName) -> Entry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw UnknownName(kind: kind, name: name, known: names)
    }
    return entry
  }
}

/// The error of a name that no entry of a registry has.
public struct UnknownName: Error, Equatable, CustomStringConvertible {
  /// The kind of the registry.
  public let kind: String
  /// The unknown name.
  public let name: String
  /// The known names.
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

/// The error of an entry whose name is already taken.
public struct NameTaken: Error, Equatable, CustomStringConvertible {
  /// The kind of the entry.
  public let kind: String
  /// The name of the entry.
  public let name: String

  /// One sentence.
  public var description: String {
    "there is a\(kind.first.map { "aeiou".contains($0) } == true ? "n" : "") \(kind) '\(name)' already; choose another name"
  }
}
