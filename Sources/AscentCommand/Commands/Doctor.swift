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
    if !isComplete { throw ExitStatus.checkFailed.code }
  }

  private func show(_ name: String, _ text: String, isGood: Bool = true) {
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
