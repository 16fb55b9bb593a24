package import AscentExperiments

/// The way in which a trial ended.
package enum TrialEnding: Sendable, Equatable {
  /// It was trained and evaluated.
  case finished(TrialScore)
  /// A pruner stopped it after some steps.
  case pruned(steps: Int, value: Double)
  /// Its training or its evaluation failed.
  case failed(TrialFailure)
  /// The user stopped the sweep; the run has a checkpoint.
  case interrupted

  /// The result of the evaluation, or nil.
  package var score: TrialScore? { if case .finished(let score) = self { score } else { nil } }
  /// The failure, or nil.
  package var failure: TrialFailure? { if case .failed(let failure) = self { failure } else { nil } }

  /// The ending in one word.
  package var word: String {
    switch self {
    case .finished: "finished"
    case .pruned: "pruned"
    case .failed: "failed"
    case .interrupted: "interrupted"
    }
  }
}

/// The result of a trial: held-out episodes of its trained policy.
package struct TrialScore: Sendable, Equatable, Codable {
  /// The mean return of the episodes.
  package let meanReturn: Double
  /// Its standard error; nil for one episode.
  package let standardError: Double?
  /// The fingerprint of the run.
  package let fingerprint: String
  /// The hash of its learned numbers.
  package let bits: String
}

/// The reason why a trial failed.
package struct TrialFailure: Sendable, Equatable, Codable {
  /// The ending of its process, as part of a sentence.
  package let ending: String
  /// The exit code; 3, that of an environment's fault, if a signal ended the process.
  package let code: Int32
  /// The last line of what it printed.
  package let lastLine: String
}

extension TrialEnding {
  /// The ending as the fields of a JSON object.
  package var json: [(String, JSON)] {
    let ending: [(String, JSON)] = [("ending", .text(word))]
    switch self {
    case .finished(let score):
      return ending + [
        ("mean_return", .number(score.meanReturn)),
        ("standard_error", score.standardError.map { .number($0) } ?? .null),
        ("fingerprint", .text(score.fingerprint)), ("bits", .text(score.bits)),
      ]
    case .pruned(let steps, let value):
      return ending + [("pruned_at", .integer(steps)), ("pruned_value", .number(value))]
    case .failed(let failure):
      return ending + [("exit_code", .integer(Int(failure.code))), ("reason", .text(failure.lastLine))]
    case .interrupted: return ending
    }
  }
}
