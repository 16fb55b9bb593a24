internal import ArgumentParser
internal import Experiments
internal import FoundationEssentials

/// Which Python hosts environments.
struct HostOptions: ParsableArguments {
  @Option(help: "The Python of hosted environments: an interpreter or the folder of a virtual environment.")
  var python: String?

  @Flag(help: "Leave the assertions of Python's code out, as python -O does; run.toml's versions say so.")
  var pythonOptimize = false

  /// The host that these options describe.
  var host: PythonHost {
    let named = ["VIRTUAL_ENV", "CONDA_PREFIX"]
    let variables = ProcessInfo.processInfo.environment.filter { named.contains($0.key) }
    var host = PythonHost(explicit: python, variables: variables, folders: Self.projectFolders)
    host.optimizes = pythonOptimize
    return host
  }

  /// This process's own program.
  static var executable: String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }

  /// The current folder, and those above the executable: a build folder lies inside of its project.
  private static var projectFolders: [String] {
    var folders = ["."]
    var parts = (executable ?? "").split(separator: "/").dropLast()
    while !parts.isEmpty, folders.count < 7 {
      folders.append("/" + parts.joined(separator: "/"))
      parts = parts.dropLast()
    }
    return folders
  }
}

/// What every command that opens an ENV takes.
struct EnvironmentOptions: ParsableArguments {
  @OptionGroup var hostOptions: HostOptions

  @Option(
    help: ArgumentHelp(
      "Where environments draw from: 'streams' (Ascent's, the default) or 'native' (their own, seeded once).",
      valueName: "source"))
  var environmentRng: String?

  @Flag(
    help: "Let `random` and numpy.random draw from the lane's stream, too, where an environment uses them.")
  var captureRng = false

  @Option(help: ArgumentHelp("A function to call before ENV is looked up.", valueName: "module:function"))
  var register: [String] = []

  @Option(help: "How many environments are stepped side by side; part of the experiment.")
  var lanes: Int?

  @Option(
    help: ArgumentHelp(
      "What stands between the environment and the policy, such as hide=1,3 or gaussian=0.1; the first one first.",
      valueName: "spec"))
  var emission: [String] = []

  @Option(help: ArgumentHelp("Change one setting of run.toml.", valueName: "key=value"))
  var set: [String] = []

  /// The host that these options describe.
  var host: PythonHost { hostOptions.host }

  /// Writes what was given over a configuration; `--set` comes last.
  func apply(to configuration: inout Configuration) throws(ExperimentError) {
    if let environmentRng { try configuration.set("environment.rng", typed: environmentRng) }
    if captureRng { try configuration.set("environment.capture_rng", typed: "true") }
    if !register.isEmpty {
      try configuration.set("environment.register", typed: register.joined(separator: ","))
    }
    if !emission.isEmpty {
      try configuration.set("environment.emission", typed: emission.joined(separator: ","))
    }
    if let lanes { try configuration.set("run.lanes", typed: String(lanes)) }
    for pair in set {
      guard let equals = pair.firstIndex(of: "=") else {
        throw ExperimentError.usage("--set takes KEY=VALUE, not '\(pair)'")
      }
      try configuration.set(
        String(pair[..<equals]), typed: String(pair[pair.index(after: equals)...]))
    }
  }
}

/// How a command speaks.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object per line on standard output.")
  var json = false

  @Flag(help: "Print no progress and no notices.")
  var quiet = false

  /// Says on standard error what a user should know, unless quiet.
  func notice(_ text: String) {
    if !quiet { Terminal.writeError("ascent: \(text)\n") }
  }
}
