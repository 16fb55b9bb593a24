/// A closed set of named values of a setting: an enumeration that programs cannot extend.
public protocol NamedChoice: RawRepresentable<String>, CaseIterable, Sendable {
  /// A description of the choice in one line.
  var help: String { get }
}
