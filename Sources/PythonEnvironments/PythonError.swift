internal import AscentRegistries

/// The error of Python, or of an environment in it, that cannot be opened.
public struct PythonError: Error, Equatable, CustomStringConvertible {
  /// The kind of the error.
  public var kind: Kind
  /// One sentence that ends with a remedy.
  public var message: String
  /// Python's traceback; empty if there is none.
  public var traceback: String

  /// The kinds of errors.
  public enum Kind: Sendable, Equatable {
    /// No Python was found, or the named one is not a Python.
    case installation
    /// The version is not the one with which Ascent is linked.
    case version
    /// The interpreter did not start.
    case start
    /// Gymnasium has no environment with this id.
    case unknownEnvironment
    /// A package is not installed.
    case missingPackage
    /// The file or the class does not exist, or the class is not an environment.
    case badClass
    /// The spaces, rewards or agents are of a kind that Ascent does not support.
    case unsupported
    /// Python raised an exception while the environment was opened.
    case raised
    /// The call was stopped, see ``Interpreter/requestStop()``.
    case interrupted
  }

  init(_ kind: Kind, _ message: String, traceback: String = "") {
    self.kind = kind
    self.message = message
    self.traceback = traceback
  }

  /// The same error with more words behind its sentence, if Python raised it.
  public func adding(_ words: String) -> PythonError {
    kind == .raised ? PythonError(kind, "\(message) (\(words))", traceback: traceback) : self
  }

  /// The sentence, then the traceback.
  public var description: String {
    traceback.isEmpty ? message.inOneLine : message.inOneLine + "\n" + traceback
  }
}
