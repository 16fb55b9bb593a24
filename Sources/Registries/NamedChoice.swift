/// A closed set of named values that a setting may have: an enumeration whose cases cannot be added to by a program.
public protocol NamedChoice: RawRepresentable<String>, CaseIterable, Sendable {
  /// One line that says what the choice does.
  var help: String { get }
}
