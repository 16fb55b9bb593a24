internal import AscentPolicyGradients
internal import AscentRegistries
internal import FoundationEssentials

/// What a process says of itself to those of other machines: everything that must be equal for one run.
struct Introduction {
  private let lines: [(key: String, value: String)]

  /// What the program is, and what it was asked for.
  static func ofProgram() -> Introduction {
    let executable = (try? AtomicFile.read("/proc/self/exe")).map(Fingerprint.of) ?? "cannot be read"
    return Introduction(lines: [
      ("version", AscentVersion.current), ("executable", executable),
      ("arguments", CommandLine.arguments.dropFirst().joined(separator: " ")),
    ])
  }

  /// The files of the environment, and the versions of what computes it.
  static func of(_ environment: OpenedEnvironment, _ madeWith: [(String, String)]) -> Introduction {
    // Equal bits do not need equal machines, and the first policy is sent.
    let machine: Set = ["kernels", "processor", "c_library", "interpreter", "policy_from"]
    return Introduction(
      lines: environment.versions.map { ($0.0, $0.1) } + madeWith.filter { !machine.contains($0.0) })
  }

  private init(lines: [(String, String)]) {
    self.lines = lines.map { (key: $0.inOneLine, value: $1.inOneLine) }
  }

  private init(_ text: String) {
    lines = text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
  }

  private var text: String { lines.map { "\($0.key)\t\($0.value)" }.joined(separator: "\n") }

  /// What another one says otherwise, as the end of a sentence; nil if both say the same.
  private func difference(to other: Introduction) -> String? {
    let (ours, theirs) = (
      Dictionary(lines.map { ($0.key, $0.value) }) { first, _ in first },
      Dictionary(other.lines.map { ($0.key, $0.value) }) { first, _ in first }
    )
    for key in lines.map(\.key) + other.lines.map(\.key) where ours[key] != theirs[key] {
      // A package that only one of them has loaded is not another version.
      guard !key.hasPrefix("package_") || ours[key] != nil && theirs[key] != nil else { continue }
      return "\(key): \(theirs[key] ?? "none") there, \(ours[key] ?? "none") in rank 0"
    }
    return nil
  }

  /// Compares what the ranks of a team say; every process must call it.
  ///
  /// - Parameters:
  ///   - own: what this one says; nil in a worker, which is where its rank is.
  ///   - team: the processes.
  /// - Throws: ``ExperimentError/usage(_:)`` in all processes if a rank differs from rank 0; the message says in what.
  static func compare(_ own: Introduction?, in team: any Team) throws(ExperimentError) {
    let all = team.gather(Array((own?.text ?? "").utf8))
    if let failure = team.failure { throw .learner(.collective(failure)) }
    var first: Introduction?
    for (process, bytes) in all.enumerated() where !bytes.isEmpty {
      let introduction = Introduction(String(decoding: bytes, as: UTF8.self))
      guard let rankZero = first else {
        first = introduction
        continue
      }
      if let difference = rankZero.difference(to: introduction) {
        throw .usage("rank \(team.machine(of: process)) differs in \(difference)")
      }
    }
  }
}
