public import ArgumentParser
public import AscentExperiments
internal import AscentPythonEnvironments
internal import AscentRegistries

/// The command line `ascent`, also for programs that add their own entries and commands.
public enum AscentProgram {
  /// The catalog of names for the command that runs, also for a program's own commands.
  @TaskLocal public static var catalog = Catalog.standard
  /// The commands that a program adds.
  @TaskLocal static var commands: [any ParsableCommand.Type] = []

  /// Runs the command that the process's arguments name, and ends the process with its exit code.
  ///
  /// - Parameters:
  ///   - catalog: the entries that names refer to: the library's, and those that the program added.
  ///   - commands: commands in addition to those of `ascent`.
  public static func main(
    catalog: Catalog = .standard, adding commands: [any ParsableCommand.Type] = []
  ) -> Never {
    StandardStreams.open()
    OptionWords.speakOfOptions()
    Terminal.ignoreClosedPipes()
    $catalog.withValue(catalog) {
      $commands.withValue(commands) { RootCommand.runAndExit() }
    }
  }
}

/// The root command `ascent`.
struct RootCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "ascent",
      abstract:
        "Train policies by gradient ascent on expected return, in Python's environments and native ones.",
      discussion: """
        ENV is a Gymnasium id (CartPole-v1, module:Id-v0), a file (envs/arrivals.py:Queue) or native:NAME
        (see ascent environments).
        RUN is the folder of a training run. Results go to standard output, progress and logs to standard error.
        Exit codes: \(ExitStatus.list(ExitStatus.allCases)) (see ascent help exit-codes).
        """,
      version: AscentVersion.current,
      subcommands: [
        Train.self, Evaluate.self, Sample.self, Export.self, Clone.self, Estimate.self, Gradient.self,
        Environments.self, Algorithms.self, Check.self, Reproduce.self, Diff.self, Replay.self,
        Plot.self, Report.self, SweepCommand.self, CompareCommand.self, TuneCommand.self,
        Doctor.self, Help.self, Worker.self,
      ] + AscentProgram.commands)
  }

  static func runAndExit() -> Never {
    do {
      try checkName()
      try checkArguments()
      try beginRanks()
      var command = try parseAsRoot()
      try command.run()
      exit(Terminal.endOfOutput().rawValue)
    } catch {
      leave(with: error)
    }
  }

  /// Begins MPI where mpirun started this process as one of several.
  ///
  /// - Throws: ``AscentExperiments/ExperimentError/usage(_:)`` for a command that each of them would run by itself.
  private static func beginRanks() throws(ExperimentError) {
    guard Ranks.started != nil, let name = CommandLine.arguments.dropFirst().first, !name.hasPrefix("-")
    else {
      return
    }
    // The workers of a rank inherit its variables.
    guard name != Worker._commandName else { return }
    guard [Train._commandName, SweepCommand._commandName, Doctor._commandName].contains(name) else {
      throw .usage("ascent \(name) is no work for several ranks: run it without mpirun")
    }
    try Ranks.begin()
  }

  /// Ends the process, after the other ranks of the run have heard that it ends.
  private static func exit(_ code: Int32, _ reason: String = "it has ended") -> Never {
    Ranks.leave(code, reason)
    Interpreter.exit(code)
  }

  /// Throws if the first argument is the name of no command.
  private static func checkName() throws(ExperimentError) {
    guard let name = CommandLine.arguments.dropFirst().first, !name.hasPrefix("-") else { return }
    let commands = configuration.subcommands
    let known = commands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
    guard !commands.contains(where: { $0._commandName == name || $0.configuration.aliases.contains(name) })
    else { return }
    throw .usage("\(UnknownName(kind: "command", name: name.inOneLine, known: known)) (see ascent --help)")
  }

  /// Throws for an argument without a text: an empty path would be the working folder.
  private static func checkArguments() throws(ExperimentError) {
    let arguments = CommandLine.arguments.dropFirst()
    // What completes a command line passes the word that has still to be written.
    guard !(arguments.first?.hasPrefix("---") ?? false) else { return }
    let pairs = zip(CommandLine.arguments, arguments)
    if let (before, _) = pairs.first(where: { $0.1.isEmpty }) {
      let place = before.hasPrefix("--") ? before : "the argument behind '\(before)'"
      throw .usage("\(place) is empty; give it a value (is a variable of the shell not set?)")
    }
    if let option = arguments.first(where: { $0.wholeMatch(of: /--[a-z-]+=/) != nil }) {
      throw .usage("\(option.dropLast()) is empty; give it a value (is a variable of the shell not set?)")
    }
  }

  /// Prints help on standard output or an error on standard error, and exits with the code of its ``ExitStatus``.
  private static func leave(with error: any Error) -> Never {
    // One rank speaks for all.
    if let error = error as? ExperimentError {
      exit(Ranks.isSilent ? error.exitCode : Interrupt.report(error), "\(error)")
    }
    if let code = error as? ExitCode { exit(code.rawValue) }
    let isHelp = exitCode(for: error) == .success
    var message = fullMessage(for: error)
    for argument in CommandLine.arguments where argument.contains("\n") {
      message = message.replacing(argument, with: argument.inOneLine)
    }
    if isHelp {
      if !Ranks.isSilent { Terminal.writeLines(message) }
      exit(Terminal.endOfOutput().rawValue)
    }
    if !Ranks.isSilent { Terminal.writeError(message + "\n") }
    exit(ExitStatus.usage.rawValue, String(message.prefix { $0 != "\n" }))
  }
}

extension ExitStatus {
  /// The error that a command throws to exit with this code, after it printed its output.
  var code: ExitCode { ExitCode(rawValue) }
}
