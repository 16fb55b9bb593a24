internal import AscentEnvironments
public import AscentExperiments
internal import AscentPolicies

/// A policy in the form from which the formats write it.
public struct ExportedPolicy {
  /// The content of policy.json.
  public let description: PolicyDescription
  /// More that a reader should know: the version of Ascent, the environment, the fingerprint of the run.
  public let records: [(key: String, value: String)]
  /// The operations.
  let graph: PolicyGraph

  /// Takes a policy.
  ///
  /// - Parameters:
  ///   - description: the description of the policy.
  ///   - arrays: the arrays that the description names.
  ///   - file: the file of the arrays, for errors.
  ///   - records: what a reader should know besides.
  /// - Throws: `ExperimentError/damaged(file:reason:)` if the arrays do not fit the description, and
  ///   `ExperimentError/usage(_:)` if the actions have a distribution of another package.
  public init(
    _ description: PolicyDescription, _ arrays: Safetensors, file: String,
    records: [(key: String, value: String)] = []
  ) throws(ExperimentError) {
    (self.description, self.records) = (description, records)
    graph = try PolicyGraphReader(description, arrays, file: file).graph()
  }

  /// Reads the policy of a run.
  ///
  /// - Throws: `ExperimentError` when the run cannot be read, or its actions have a distribution of another package.
  public init(_ request: ExportRequest) throws(ExperimentError) {
    let (description, arrays) = try request.source()
    var records = [
      ("ascent_version", AscentVersion.current), ("environment", description.environment),
      ("observation_space", description.observed), ("action_space", "\(description.actionSpace)"),
    ]
    if let fingerprint = request.run.recordedFingerprint { records.append(("fingerprint", fingerprint)) }
    try self.init(
      description, arrays, file: "\(request.run.path)/\(description.weights)",
      records: records.map { (key: $0.0, value: $0.1) })
  }

  /// The bounds of all values of an action; nil if no policy leaves them.
  var actionBounds: ValueBounds? {
    guard description.actionSpace.leaves.contains(where: { $0.kind.isBox }) else { return nil }
    let bounds = description.actionSpace.valueBounds
    return ValueBounds(low: bounds.low.map { Float($0) }, high: bounds.high.map { Float($0) })
  }

  /// A line for each group of numbers of an observation: its columns, its path and its set of values; and lines for
  /// stacks.
  var observationLines: [String] {
    var first = 0
    let leaves = description.observationSpace.leaves + description.alsoObserve
    return leaves.map { leaf in
      defer { first += leaf.kind.flattenedSize }
      return Self.line(first, leaf.kind.flattenedSize, leaf)
        + (leaf.kind.discreteCounts.isEmpty ? "" : leaf.kind.isOneHot ? ", one-hot" : ", index")
    }
      + description.stacks.map {
        "the last \($0.frames) of these, the newest last, in runs of \($0.run): the first run of each, the second…"
      }
  }

  /// A line for each group of values of an action.
  var actionLines: [String] {
    var first = 0
    return description.actionSpace.leaves.map { leaf in
      defer { first += leaf.kind.valueCount }
      return Self.line(first, leaf.kind.valueCount, leaf)
        + (leaf.kind.discreteCounts.isEmpty ? "" : ", counted from 0")
    }
  }

  private static func line(_ first: Int, _ count: Int, _ leaf: Space.Leaf) -> String {
    let last = first + count - 1
    let name = leaf.path.isEmpty ? "" : "\(leaf.path): "
    return "[\(first)\(last > first ? "...\(last)" : "")] \(name)\(leaf.kind)"
      + (leaf.axes == .channelsFirst ? ", channels first" : "")
  }
}

extension Space.Kind {
  fileprivate var isBox: Bool {
    if case .box = self { true } else { false }
  }

  /// True if all its choices are one-hot vectors.
  fileprivate var isOneHot: Bool { discreteCounts.allSatisfy { $0 <= Space.mostOneHot } }
}
