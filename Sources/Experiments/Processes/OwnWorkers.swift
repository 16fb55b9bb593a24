internal import FoundationEssentials
private import Glibc

extension Workforce {
  /// The first argument of a process that this program started as a worker.
  fileprivate static let marker = "ascent-worker"

  /// The path of the executable of this process.
  public static var ownExecutable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// The processes of a run that a program makes by itself: copies of its own executable.
  ///
  /// The program must call ``WorkerProcess/takePartIfStarted(host:)`` before anything else.
  ///
  /// - Parameters:
  ///   - count: the number of processes, this one included.
  ///   - patience: the number of seconds that a call of an environment may take before the run ends.
  /// - Returns: the processes of ``Training/init(_:folder:host:beginning:workforce:)``.
  public static func ofThisProgram(_ count: Int, patience: Double = 300) -> Workforce {
    var workforce = Workforce()
    (workforce.count, workforce.patience) = (count, patience)
    workforce.executable = ownExecutable
    workforce.arguments = [marker, "\(patience)"]
    return workforce
  }

  /// Checks that this process may start workers, and knows how.
  ///
  /// - Throws: ``ExperimentError/usage(_:)``, in a worker too: without this, it would start workers of its own, and so on.
  func checkStart() throws(ExperimentError) {
    guard !executable.isEmpty else {
      throw .usage(
        "a run with \(count) workers needs Workforce.ofThisProgram(\(count)), and WorkerProcess.takePartIfStarted() at "
          + "the program's beginning")
    }
    guard CommandLine.arguments.dropFirst().first != Self.marker else {
      throw .usage(
        "this process was started as a worker: call WorkerProcess.takePartIfStarted() at the program's beginning"
      )
    }
  }
}

extension Workforce {
  /// The end of the message about a worker that ends by itself, as one does whose program never takes part.
  var adviceOnEnding: String {
    arguments.first == Self.marker
      ? ": call WorkerProcess.takePartIfStarted() at the program's beginning, or look for a call of exit()"
      : ""
  }
}

extension WorkerProcess {
  /// Makes its share of the run, and ends the process, if ``Workforce/ofThisProgram(_:patience:)`` started it; otherwise
  /// returns at once.
  ///
  /// - Parameter host: the catalog with the program's own environments and other entries.
  public static func takePartIfStarted(host: Host = Host()) {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, arguments[1] == Workforce.marker,
      let patience = Double(arguments[2]), let rank = Int(arguments[3]), let descriptor = Int(arguments[4])
    else { return }
    var workforce = Workforce()
    workforce.patience = patience
    do throws(ExperimentError) {
      exit(run(with: try SharedMemory(rank: rank, descriptor: descriptor), host: host, workforce))
    } catch {
      exit(error.exitCode)
    }
  }
}
