/// Values with names, in order: a table of TOML, or the keyword arguments of a Python constructor.
public struct NamedValues: Equatable, Sendable {
  /// The names and values; no name occurs twice.
  public private(set) var entries: [Entry] = []
  /// The positions of the names in ``entries``.
  private var positions: [String: Int] = [:]

  /// A name and its value.
  public struct Entry: Equatable, Sendable {
    /// The name.
    public let name: String
    /// The value.
    public let value: SettingValue
  }

  /// Makes an empty table.
  public init() {}

  /// True if there is no entry.
  public var isEmpty: Bool { entries.isEmpty }

  /// The value of a name; setting it replaces the entry, or appends one.
  public subscript(name: String) -> SettingValue? {
    get { positions[name].map { entries[$0].value } }
    set {
      guard let newValue else {
        guard let index = positions[name] else { return }
        entries.remove(at: index)
        return locate()
      }
      let entry = Entry(name: name, value: newValue)
      if let index = positions[name] {
        entries[index] = entry
      } else {
        positions[name] = entries.count
        entries.append(entry)
      }
    }
  }

  private mutating func locate() {
    positions = [:]
    for (index, entry) in entries.enumerated() { positions[entry.name] = index }
  }

  /// Sets the value at a path of names; the tables above it are made where they are missing.
  mutating func set(_ path: ArraySlice<String>, _ value: SettingValue) {
    guard let name = path.first else { return }
    guard path.count > 1 else {
      self[name] = value
      return
    }
    var below = NamedValues()
    if case .table(let table) = self[name] { below = table }
    // Without a second owner the table is changed in its place.
    self[name] = .flag(false)
    below.set(path.dropFirst(), value)
    self[name] = .table(below)
  }

  /// Sorts the entries by their names, which gives equal tables one spelling.
  mutating func sort() {
    entries.sort { $0.name < $1.name }
    locate()
  }

  /// The table as an inline table of TOML.
  var toml: String {
    guard !isEmpty else { return "{}" }
    return "{" + entries.map { "\(Self.key($0.name)) = \($0.value.toml)" }.joined(separator: ", ") + "}"
  }

  private static func key(_ name: String) -> String {
    let isBare = !name.isEmpty && name.utf8.allSatisfy { TOMLReader.isBare($0) }
    return isBare ? name : JSON.text(name).line
  }
}
