internal import ArgumentParser
internal import AscentExperiments
internal import AscentHosting
internal import AscentPolicies
internal import AscentPythonEnvironments
internal import AscentRandomness

/// `ascent doctor`.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Show the versions that Ascent uses, what is missing, and the commands that install it.",
    examples: ["doctor", "doctor --python .venv"], codes: [.checkFailed])

  @OptionGroup var pythonOptions: PythonOptions
  @OptionGroup var format: FormatOptions

  /// The Python packages that provide environments, or that Ascent needs.
  private static let packages = [
    "gymnasium", "numpy", "Box2D", "mujoco", "pygame-ce", "popgym", "MinAtar", "minigrid",
  ]

  func run() throws {
    show("ascent", AscentVersion.current)
    show("kernels", "\(KernelPath.current.rawValue), the same bits on every path")
    show("processor", Processor.current)
    show("C library", Processor.cLibrary)
    for (name, value) in Influence.setVariables {
      show(name, "\(value); libraries of environments choose functions by it")
    }
    show("GSL", RandomGenerator.libraryVersion)
    show("libpython", "\(PythonInstallation.linkedVersion)")
    let versions = HostOptions.siblings.versions
    show(
      "also for",
      versions.isEmpty
        ? "no other Python: make build PYTHON=… builds an executable for another one"
        : "Python " + versions.joined(separator: ", ") + ": executables beside this one")
    let interpreter: Interpreter
    do {
      interpreter = try pythonOptions.hosting.start(AscentProgram.catalog)
    } catch {
      // What is wrong in another rank is told by rank 0.
      if Ranks.isSilent { throw error }
      show("python", "\(error)", isGood: false)
      throw ExitStatus.checkFailed.code
    }
    let report = interpreter.report
    show(
      "linked",
      report.isStatic
        ? "statically" : "as a shared library (Python's own code runs 11 % faster in a static one)")
    show("python", "\(report.executable), packages in \(report.packageFolders.joined(separator: ", "))")
    show("chosen by", interpreter.installation.named)
    var isComplete = true
    for package in Self.packages {
      let version = interpreter.packageVersion(package)
      let isNeeded = package == "gymnasium" || package == "numpy"
      if version == nil && isNeeded { isComplete = false }
      show(
        package, version ?? "not installed: \(interpreter.installation.command(installing: package))",
        isGood: version != nil || !isNeeded)
    }
    try showRanks()
    if !isComplete { throw ExitStatus.checkFailed.code }
  }

  /// Shows MPI and, under mpirun, how long the ranks need to meet.
  private func showRanks() throws {
    guard let ranks = RankExchange() else {
      return show(
        "MPI",
        Ranks.isBuiltIn
          ? "built in; mpirun -n 2 ascent doctor measures a meeting of ranks"
          : "not built in: make mpi builds an ascent that mpirun starts on many machines")
    }
    try ranks.introduce()
    show("MPI", "\(ranks.library), \(ranks.count) ranks")
    for (numbers, count) in [(0, 2000), (10_000, 500), (1_000_000, 20)] {
      let microseconds = 1e6 * (try ranks.secondsOfMeeting(numbers: numbers, count: count))
      show(
        "meeting",
        "\(Terminal.fixed(microseconds, 1)) µs with \(Terminal.grouped(numbers)) numbers of 4 bytes from each rank"
      )
    }
    if ranks.rank > 0 { _ = try? ranks.gather("") }
  }

  private func show(_ name: String, _ text: String, isGood: Bool = true) {
    guard !Ranks.isSilent else { return }
    if format.json {
      let line = JSON.object([
        ("event", .text("doctor")), ("name", .text(name)), ("value", .text(text)), ("ok", .bool(isGood)),
      ])
      Terminal.writeLine(line)
    } else {
      let gap = String(repeating: " ", count: max(2, 12 - name.count))
      Terminal.writeLine(name + gap + text)
    }
  }
}
