public import ArgumentParser
public import Experiments
internal import Glibc
internal import PythonEnvironments
internal import Registries

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
        Exit codes: 0 done, 2 usage, 3 environment fault, 4 damaged file, 5 check failed, 6 machine, 7 diverged, \
        130 interrupted (see ascent help exit-codes).
        """,
      version: AscentVersion.current,
      subcommands: [
        Train.self, Evaluate.self, Sample.self, Clone.self, Estimate.self, Gradient.self,
        Environments.self, Algorithms.self, Check.self, Reproduce.self, Diff.self, Replay.self,
        Doctor.self, Help.self, Worker.self,
      ] + AscentProgram.commands)
  }

  static func runAndExit() -> Never {
    var patience = WorkerOptions.defaultPatience
    do {
      var command = try parseAsRoot()
      patience = (command as? any PatientCommand)?.patience ?? patience
      try command.run()
      leave(Terminal.endOfOutput().rawValue, patience)
    } catch {
      leave(with: error, patience)
    }
  }

  /// Ends Python, if it runs, within `patience` seconds, and then the process.
  private static func leave(_ code: Int32, _ patience: Double) -> Never {
    Interpreter.finish(patience: patience, exitCode: code)
    Glibc.exit(code)
  }

  /// Prints help on standard output or an error on standard error, and exits with the code of its ``ExitStatus``.
  private static func leave(with error: any Error, _ patience: Double) -> Never {
    if let error = error as? ExperimentError {
      Terminal.writeError("ascent: \(error)\n")
      leave(error.exitCode, patience)
    }
    if let code = error as? ExitCode { leave(code.rawValue, patience) }
    let isHelp = exitCode(for: error) == .success
    var message = fullMessage(for: error)
    for argument in CommandLine.arguments where argument.contains("\n") {
      message = message.replacing(argument, with: argument.inOneLine)
    }
    if isHelp {
      Terminal.writeLines(message)
      leave(Terminal.endOfOutput().rawValue, patience)
    }
    Terminal.writeError(message + "\n")
    leave(ExitStatus.usage.rawValue, patience)
  }
}

/// A command that has the option `--patience`.
protocol PatientCommand {
  /// The number of seconds that a call of an environment, or the end of Python, may take.
  var patience: Double { get }
}

extension ExitStatus {
  /// The error that a command throws to exit with this code, after it printed its output.
  var code: ExitCode { ExitCode(rawValue) }
}
