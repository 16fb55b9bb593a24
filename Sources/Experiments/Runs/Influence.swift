internal import AscentPolicies
internal import FoundationEssentials

/// An influence on the results of a run that its settings do not contain: a record of its run.toml.
public enum Influence {
  /// The beginning of the keys of files of code that environments import.
  static let modulePrefix = "module_"
  /// The beginning of the keys of environment variables.
  static let variablePrefix = "variable_"

  /// The environment variables that choose among functions which may round differently, or that load other libraries.
  ///
  /// NumPy, OpenBLAS, MKL, PyTorch and JAX look at them, and the C library at its own.
  static let variables = [
    "GLIBC_TUNABLES", "LD_PRELOAD", "LD_LIBRARY_PATH", "NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES",
    "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MKL_CBWR",
    "MKL_ENABLE_INSTRUCTIONS", "ATEN_CPU_CAPABILITY", "XLA_FLAGS",
  ]

  /// The variables that are set, with their values; one thread is the default, and is left out.
  public static var setVariables: [(String, String)] {
    let all = ProcessInfo.processInfo.environment
    return variables.compactMap { name in
      guard let value = all[name], !value.isEmpty, !(name.hasSuffix("_THREADS") && value == "1") else {
        return nil
      }
      return (name, value)
    }
  }

  /// The records of the machine and of the modules of hosted environments, as entries of `made_with`.
  ///
  /// Native environments and the learner compute with Ascent's own functions, which these do not change.
  static func records(_ runtime: any HostedRuntime) -> [(String, String)] {
    [("processor", Processor.current), ("c_library", Processor.cLibrary)]
      + setVariables.map { (variablePrefix + $0, $1) }
      + withUniqueKeys(runtime.ownModules.map { (modulePrefix + key($0.name), $0.sum) })
  }

  /// Tells apart equal keys of different names: the second one ends with `_2`.
  private static func withUniqueKeys(_ entries: [(String, String)]) -> [(String, String)] {
    var used: Set<String> = []
    return entries.map { entry in
      var (key, count) = (entry.0, 1)
      while !used.insert(key).inserted {
        count += 1
        key = "\(entry.0)_\(count)"
      }
      return (key, entry.1)
    }
  }

  /// A name as a key of TOML that needs no quotes.
  private static func key(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// The kind of cause that a differing record is; nil for one that changes no bits.
  static func cause(of key: String) -> RunDifference.Cause? {
    guard let name = key.wholeMatch(of: /made_with\.(.*)/)?.1 else {
      if key.hasPrefix("versions.") { return .version }
      return key.hasPrefix("changes.") ? .file : .configuration
    }
    switch name {
    case "kernels", "interpreter": return nil
    case "python_path": return .searchPath
    case "processor": return .processor
    case "c_library": return .cLibrary
    default: break
    }
    if name.hasPrefix(variablePrefix) { return .variable }
    if name.hasPrefix("package_") { return .package }
    return .file
  }

  /// A clause on the meaning of a differing record, for people; empty if its key says it.
  static func remark(on key: String) -> String {
    switch cause(of: key) {
    case .processor:
      "; a possible cause: NumPy and others choose functions by the processor, which may round differently "
        + "(NPY_DISABLE_CPU_FEATURES)"
    case .cLibrary:
      "; a possible cause: the environment's exp, log, sin and others may round differently"
    case .variable: "; a possible cause: libraries choose their functions by it"
    case nil: "; it changes no bits"
    default: ""
    }
  }
}
