import AscentExperiments

// What the processes of a trial print: an evaluation's result, and the reason of a failure.
extension TrialStore {
  /// The sizes in bytes of a trial's log and output when an attempt began: before them are earlier attempts.
  struct Attempt {
    /// The size of the log.
    let log: Int
    /// The size of the output.
    let output: Int
  }

  /// The attempt that begins now.
  func attempt(_ trial: Trial) -> Attempt {
    Attempt(log: printed(log(of: trial)).count, output: printed(output(of: trial)).count)
  }

  private func printed(_ path: String) -> [UInt8] {
    (try? AtomicFile.read(path, limit: AtomicFile.largestText)) ?? []
  }

  /// The result that the evaluation of a trial printed; nil if there is none.
  func evaluated(_ trial: Trial, _ attempt: Attempt) -> TrialScore? {
    struct Line: Codable {
      var event: String
      var meanReturn: Double?
      var standardError: Double?

      enum CodingKeys: String, CodingKey {
        case event
        case meanReturn = "mean_return"
        case standardError = "standard_error"
      }
    }
    let run = run(of: trial)
    let bytes = printed(output(of: trial)).dropFirst(attempt.output)
    guard let last = bytes.split(separator: UInt8(ascii: "\n")).last,
      let line = try? JSONText.decode(Line.self, from: last), line.event == "evaluation",
      let mean = line.meanReturn, let fingerprint = run.recordedFingerprint
    else { return nil }
    return TrialScore(
      meanReturn: mean, standardError: line.standardError, fingerprint: fingerprint,
      bits: run.recordedBits ?? "")
  }

  /// The line that says why an attempt failed: the last one of Ascent, else the last one.
  func lastLine(of trial: Trial, _ attempt: Attempt) -> String {
    let bytes = printed(log(of: trial)).dropFirst(attempt.log)
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    return String(lines.last { $0.hasPrefix("ascent: ") } ?? lines.last ?? "it printed nothing")
  }
}
