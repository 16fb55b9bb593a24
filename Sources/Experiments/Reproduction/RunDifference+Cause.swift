extension RunDifference {
  /// The kinds of causes; of those that run.toml records, the most probable one comes first.
  public enum Cause: String, Sendable, CaseIterable {
    /// The runs do not differ.
    case none
    /// The settings differ: constructor arguments, wrappers, the source of random numbers, and all others.
    case configuration
    /// The versions of Ascent, GSL, Python, Gymnasium or numpy differ.
    case version
    /// A file differs: of the environment, a wrapper, an emission, a module that they import, or the initial policy.
    case file = "changed file"
    /// The versions of other packages that the environment loaded differ.
    case package = "package version"
    /// PYTHONPATH differs.
    case searchPath = "search path"
    /// An environment variable differs by which libraries choose their functions.
    case variable = "environment variable"
    /// The C library, or the features that it chooses its functions by, differ.
    case cLibrary = "C library"
    /// The class of the processor differs.
    case processor
    /// The environment changed the floating-point mode, in which it then computed.
    case floatingPoint = "floating-point mode"
    /// The numbers of processes differ, and the environment depends on which lanes share a process.
    case processes = "number of processes"
    /// An environment returned another observation, reward or end after the same actions.
    case environment = "environment observation"
    /// A policy with the same parameters chose another action after the same observations.
    case action = "action draw"
    /// The same steps led to other numbers: log-probabilities or parameters.
    case arithmetic
    /// A native run is not what its settings give: its files were changed, or made by another build.
    case altered = "changed run folder"
    /// Nothing that is recorded differs: the environment depends on something that its seed does not determine.
    case undetermined = "undetermined environment"
    /// Only the files were compared.
    case notSought = "not sought"
  }
}
