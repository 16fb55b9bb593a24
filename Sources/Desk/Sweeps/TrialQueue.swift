import AscentExperiments

/// Gives out the trials that wait, by their indices.
protocol TrialQueue {
  /// True once no trial is to begin any more.
  var isStopped: Bool { get }

  /// Ends the giving out; trials that run are asked to stop.
  mutating func stop()
  /// The trials that begin here now.
  ///
  /// - Parameters:
  ///   - free: the number of processes that may begin.
  ///   - isIdle: true if no trial runs here.
  /// - Returns: the trials, perhaps none yet; nil once all are made, here and elsewhere.
  /// - Throws: ``AscentExperiments/ExperimentError`` if those elsewhere cannot be asked.
  mutating func next(free: Int, isIdle: Bool) throws(ExperimentError) -> [Int]?
  /// The trials that processes elsewhere have made, and whose endings they have written.
  var madeElsewhere: Set<Int> { get }
  /// A trial that began here has ended.
  ///
  /// - Parameters:
  ///   - index: the trial.
  ///   - isWritten: true if its ending is in the folder; that of an interrupted one is not.
  mutating func ended(_ index: Int, isWritten: Bool)
  /// Whether a trial whose process was killed begins once more elsewhere.
  mutating func triesElsewhere(_ index: Int) -> Bool
}

/// The queue of one process.
struct OwnQueue: TrialQueue {
  private var waiting: ArraySlice<Int>
  private(set) var isStopped = false

  /// The trials, in the order in which they begin.
  init(_ trials: Range<Int>) { waiting = Array(trials)[...] }

  mutating func stop() {
    isStopped = true
    waiting = []
  }

  mutating func next(free: Int, isIdle: Bool) -> [Int]? {
    guard !waiting.isEmpty else { return isIdle ? nil : [] }
    defer { waiting = waiting.dropFirst(free) }
    return Array(waiting.prefix(free))
  }

  var madeElsewhere: Set<Int> { [] }
  mutating func ended(_ index: Int, isWritten: Bool) {}
  mutating func triesElsewhere(_ index: Int) -> Bool { false }
}
