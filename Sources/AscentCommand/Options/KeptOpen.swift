internal import ArgumentParser
internal import AscentExperiments

extension ParsableCommand {
  /// Runs what opens environments and writes results; they are closed after everything is written, as that may hang, and
  /// a hang then changes nothing about the exit code.
  ///
  /// An error is written here, too.
  func keepingOpen(patience: Double, _ body: (OpenEnvironments) throws -> Void) throws {
    let open = OpenEnvironments()
    try withExtendedLifetime(open) {
      do {
        try body(open)
        open.allowHanging(patience: patience, exitCode: ExitStatus.done.rawValue)
      } catch let code as ExitCode {
        open.allowHanging(patience: patience, exitCode: code.rawValue)
        throw code
      } catch let error as ExperimentError {
        let code = Interrupt.report(error)
        open.allowHanging(patience: patience, exitCode: code)
        throw ExitCode(code)
      }
    }
  }
}
