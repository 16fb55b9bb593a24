internal import ArgumentParser
internal import AscentExperiments

/// The hidden option of a command that another process of Ascent starts as a trial.
struct StartedByOption: ParsableArguments {
  @Option(help: .hidden)
  var startedBy: Int32?

  /// Listens to signals; a process that was started ends with the one that started it, which passes its signals on.
  func listen(isSupervised: Bool = false) {
    if let startedBy { Supervisor.endWithParent(startedBy) }
    Interrupt.listen(isSupervised: isSupervised || startedBy != nil)
  }
}
