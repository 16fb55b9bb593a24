internal import ArgumentParser
internal import AscentExperiments

extension ParsableCommand {
  /// Runs what opens environments and writes results; they are closed after everything is written, as that may hang.
  ///
  /// An error is written here, too.
  func keepingOpen(
    patience: Double, _ body: (OpenEnvironments) throws -> Void
  ) throws {
    let open = OpenEnvironments()
    try withExtendedLifetime(open) {
      do {
        try body(open)
        open.allowHanging(patience: patience)
      } catch let error as ExperimentError {
        throw ExitCode(Interrupt.report(error))
      }
    }
  }
}
