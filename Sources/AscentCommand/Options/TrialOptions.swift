internal import ArgumentParser
internal import AscentDesk
internal import AscentExperiments

/// The options of commands that train several runs in processes of their own.
struct TrialOptions: ParsableArguments {
  @Option(
    help:
      "The number of trainings at once; results do not depend on it. [default: cores divided by --workers]",
    transform: Whole.number)
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "The number of processes of each training; the results are the same, bit for bit.", valueName: "count"),
    transform: Whole.number)
  var workers = 1

  @Flag(
    help: "Go on in the folder with what has no result yet; a training goes on from its newest checkpoint.")
  var resume = false

  @OptionGroup var host: HostOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard workers >= 1, workers <= SharedMemory.most else {
      throw ValidationError("--workers must be from 1 to \(SharedMemory.most); it is \(workers)")
    }
    guard jobs.map({ (1...1024).contains($0) }) ?? true else {
      throw ValidationError("--jobs must be from 1 to 1024; it is \(jobs ?? 0)")
    }
  }

  /// The processes at once.
  var processes: Int { jobs ?? max(1, SharedMemory.processors / workers) }

  /// Locks a folder of trainings.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - configuration: the settings of a training.
  ///   - option: the option that names the folder.
  ///   - resuming: true if the folder may have trainings; nil for what `--resume` says.
  /// - Returns: the lock.
  /// - Throws: `ExperimentError` if another process owns the folder, or it has something else.
  func claim(
    _ folder: RunFolder, for configuration: Configuration, option: String = "--out", resuming: Bool? = nil
  ) throws -> RunLock {
    do {
      return try RunLock.claim(folder, for: configuration, resuming: resuming ?? resume, as: .alone)
    } catch {
      guard case .usage(let sentence) = error else { throw error }
      throw ExperimentError.usage(
        sentence.replacing("--out", with: option).replacing("continue the run with", with: "go on with"))
    }
  }

  /// What trains in a folder.
  func runner(in folder: RunFolder) -> TrialRunner {
    var runner = TrialRunner(
      store: TrialStore(folder), executable: Workforce.ownExecutable, catalog: AscentProgram.catalog)
    runner.jobs = processes
    runner.trainingOptions = workers > 1 ? ["--workers", String(workers)] : []
    // This process asks whether the code may run.
    runner.options = ["--trust"] + (host.chosenPython.map { ["--python", $0] } ?? [])
    if host.pythonOptimize { runner.options.append("--python-optimize") }
    if host.patience != HostOptions.defaultPatience {
      runner.options += ["--patience", String(host.patience)]
    }
    runner.isInterrupted = { Interrupt.isRequested }
    return runner
  }
}
