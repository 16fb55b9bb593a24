internal import FoundationEssentials
internal import Synchronization

#if MPI
#if canImport(CAscentMPI)
internal import CAscentMPI
#else
#error("the trait MPI needs the variable ASCENT_MPI, the MPI's name for pkg-config: make mpi sets both")
#endif
#endif

/// The processes that mpirun, or another starter of MPI programs, has started from one command line.
package enum Ranks {
  /// The index of this process among those that were started with it, and their number; nil if it was started alone.
  ///
  /// Starters say it in variables: mpirun of Open MPI, those of MPICH and Intel, and srun.
  package static let started: (rank: Int, count: Int)? = {
    let variables = ProcessInfo.processInfo.environment
    let number = { (name: String) in variables[name].flatMap { Int($0) } }
    for (rank, count) in names {
      if let rank = number(rank), let count = number(count), count > 1 { return (rank, count) }
    }
    return nil
  }()

  /// The variables of the rank and of the number of ranks, by starter; the last pair is that of an srun without MPI.
  static let names = [
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
    ("PMIX_RANK", "SLURM_STEP_NUM_TASKS"), ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
  ]

  /// True for all ranks but the first, which speaks for all.
  package static var isSilent: Bool { (started?.rank ?? 0) > 0 && !isTorn.load(ordering: .relaxed) }

  /// True if this program was built with MPI.
  package static var isBuiltIn: Bool {
    #if MPI
    true
    #else
    false
    #endif
  }

  /// True once all ranks know that the run has ended.
  static let isOver = Atomic<Bool>(false)
  /// True once a rank was lost, so that none can wait for all any more.
  static let isTorn = Atomic<Bool>(false)

  /// Begins MPI if the process was started as one of several.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` if this program has no MPI, or another than the starter's: each process would
  ///   make the whole run by itself.
  package static func begin() throws(ExperimentError) {
    guard let started else { return }
    #if MPI
    guard cmpi_begin() else { throw .machine("MPI does not begin in this process") }
    guard Int(cmpi_count()) == started.count else {
      throw .usage(
        "\(started.count) processes of ascent were started, but its MPI (\(library)) sees \(Int(cmpi_count())): build it with the MPI "
          + "of that mpirun (make mpi MPI=ompi-c or MPI=mpich)")
    }
    #else
    throw .usage(
      "\(started.count) processes of ascent were started, and each would make the whole run by itself: this ascent was built "
        + "without MPI (make mpi builds one with it)")
    #endif
  }

  /// Ends MPI before the process ends with this code; waits for the other ranks, or ends them where one was lost.
  ///
  /// - Parameters:
  ///   - code: the exit code.
  ///   - reason: what the other ranks are told if they still wait for this one.
  package static func leave(_ code: Int32, _ reason: String = "it has ended") {
    #if MPI
    guard cmpi_is_begun() else { return }
    if !isTorn.load(ordering: .relaxed), !isOver.load(ordering: .relaxed) {
      RankTeam().end(code: code, reason)
    }
    // The last meeting may be the one in which a rank is missed.
    if isTorn.load(ordering: .relaxed) { cmpi_abort(code) }
    cmpi_end()
    #endif
  }

  #if MPI
  /// The ranks of this run; nil if this process was started alone.
  static func team() -> RankTeam? { cmpi_is_begun() && cmpi_count() > 1 ? RankTeam() : nil }

  /// The name and version of the library.
  static var library: String { unsafe String(cString: cmpi_library()) }
  #endif
}
