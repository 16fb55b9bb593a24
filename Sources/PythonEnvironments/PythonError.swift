/// Why Python, or an environment in it, cannot be opened.
public struct PythonError: Error, Equatable, CustomStringConvertible {
  /// The class of what went wrong.
  public var kind: Kind
  /// One sentence that ends in what to do.
  public var message: String
  /// Python's traceback, or nothing.
  public var traceback: String

  /// The classes.
  public enum Kind: Sendable, Equatable {
    /// No Python was found, or the one that was named is none.
    case installation
    /// It is another version than the one that Ascent is linked with.
    case version
    /// The interpreter did not start.
    case start
    /// Gymnasium knows no such id.
    case unknownEnvironment
    /// A package is not installed.
    case missingPackage
    /// There is no such file, or no such class in it, or the class is no environment.
    case badClass
    /// The spaces, rewards or agents are of a kind that Ascent does not train.
    case unsupported
    /// Python raised while the environment was opened.
    case raised
  }

  init(_ kind: Kind, _ message: String, traceback: String = "") {
    self.kind = kind
    self.message = message
    self.traceback = traceback
  }

  /// The sentence, and the traceback below it.
  public var description: String { traceback.isEmpty ? message : message + "\n" + traceback }
}
