internal import ArgumentParser
internal import Experiments
internal import Glibc

/// The command line `ascent`, for programs that bring their own entries.
public enum AscentProgram {
  /// Runs the command that the process's arguments name, and ends the process with its exit code.
  public static func main() -> Never { RootCommand.runAndExit() }
}

/// `ascent`, above its commands.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ascent",
    abstract:
      "Train policies by gradient ascent on expected return, in Python's environments and native ones.",
    discussion: """
      ENV is a Gymnasium id (CartPole-v1, module:Id-v0), a file (envs/arrivals.py:Queue) or native:NAME
      (see ascent environments).
      RUN is the folder of a training run. Results go to standard output, progress and logs to standard error.
      Exit codes: 0 done, 2 usage, 3 environment fault, 4 damaged file, 5 check failed, 130 interrupted.
      """,
    version: AscentVersion.current,
    subcommands: [
      Train.self, Evaluate.self, Sample.self, Clone.self, Estimate.self, Gradient.self, Environments.self,
      Algorithms.self,
      Check.self, Reproduce.self, Diff.self, Replay.self, Doctor.self, Worker.self,
    ])

  static func runAndExit() -> Never {
    do {
      var command = try parseAsRoot()
      try command.run()
      Glibc.exit(0)
    } catch {
      leave(with: error)
    }
  }

  /// Says what went wrong on standard error and ends with the exit code of DESIGN §6.
  private static func leave(with error: any Error) -> Never {
    if let error = error as? ExperimentError {
      Terminal.writeError("ascent: \(error)\n")
      Glibc.exit(error.exitCode)
    }
    if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
    let isHelp = exitCode(for: error) == .success
    let message = fullMessage(for: error)
    if isHelp {
      Terminal.writeLine(message)
      Glibc.exit(0)
    }
    Terminal.writeError(message + "\n")
    Glibc.exit(2)
  }
}
