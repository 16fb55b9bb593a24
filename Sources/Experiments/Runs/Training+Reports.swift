public import AscentPolicyGradients
internal import Dispatch
internal import Synchronization

extension Training {
  /// An event of a run; they come in order.
  public enum Event: Sendable {
    /// An iteration ended: its results, the steps of the run so far, and the seconds since it began or was resumed.
    case iteration(Learner.Report, steps: Int, seconds: Double)
    /// The policy was evaluated (`evaluation.every_steps`).
    case evaluation(InterimEvaluation)
    /// A notice for the user.
    case notice(String)
    /// The run is over, and its files are written.
    case finished(Outcome)
  }

  /// Makes a run in a thread of its own, and delivers what happens: an `AsyncSequence` that ends after ``Event/finished(_:)``.
  ///
  /// The run is interrupted, with a checkpoint saved, when the task that reads the sequence is cancelled, and when the
  /// sequence is no longer used. It then ends by itself a moment later; ``Beginning/resumed(acceptingChanges:)`` waits a
  /// second for that, and goes on to the same bits.
  ///
  /// - Parameter open: opens the run; called in the run's thread.
  /// - Returns: the events. The sequence throws the ``ExperimentError`` that ends the run.
  public static func events(
    of open: @escaping @Sendable () throws(ExperimentError) -> Training
  ) -> AsyncThrowingStream<Event, any Error> {
    AsyncThrowingStream { continuation in
      let isCancelled = Flag()
      continuation.onTermination = { _ in isCancelled.raise() }
      // A queue of its own has a thread of its own, so that the run takes none of those on which tasks run.
      DispatchQueue(label: "ascent.training").async {
        do {
          var training = try open()
          for notice in training.notices + training.losses { continuation.yield(.notice(notice)) }
          let outcome = try training.run(
            onIteration: { report, steps, seconds in
              continuation.yield(.iteration(report, steps: steps, seconds: seconds))
            },
            onEvaluation: { evaluation in
              if let evaluation { continuation.yield(.evaluation(evaluation)) }
            }, onNotice: { continuation.yield(.notice($0)) }, isInterrupted: { isCancelled.isRaised })
          continuation.yield(.finished(outcome))
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
    }
  }
}

/// A value that one thread sets once and others read.
private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isRaised: Bool { value.load(ordering: .relaxed) }
  func raise() { value.store(true, ordering: .relaxed) }
}
