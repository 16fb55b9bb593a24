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
  /// A trial that began here has ended.
  mutating func ended(_ index: Int)
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

  mutating func ended(_ index: Int) {}
  mutating func triesElsewhere(_ index: Int) -> Bool { false }
}
