public import AscentEnvironments
public import AscentExperiments
public import AscentPolicies

/// A policy in the form from which the formats write it.
public struct ExportedPolicy {
  /// The operations.
  public let graph: PolicyGraph
  /// The numbers that the operations refer to.
  public let parameters: Parameters
  /// The spaces of observations and actions.
  public let observations, actions: Space
  /// What a reader should know besides: the run, its fingerprint, its settings.
  public let records: [(key: String, value: String)]

  /// Takes a policy.
  ///
  /// - Parameters:
  ///   - policy: the policy.
  ///   - parameters: its parameters.
  ///   - observations: the space of its observations.
  ///   - actions: the space of its actions.
  ///   - records: what a reader should know besides.
  /// - Throws: ``ExperimentError/usage(_:)`` if the actions have a distribution of another package.
  public init(
    _ policy: Policy, _ parameters: Parameters, observing observations: Space, acting actions: Space,
    records: [(key: String, value: String)] = []
  ) throws(ExperimentError) {
    guard let graph = policy.graph else {
      throw .usage(
        "policy.distribution is of another package, whose operations the export does not know; export needs one of "
          + "Ascent's distributions")
    }
    (self.graph, self.parameters, self.records) = (graph, parameters, records)
    (self.observations, self.actions) = (observations, actions)
  }

  /// Reads the policy of a run.
  ///
  /// - Throws: ``ExperimentError`` when the run cannot be read, or its actions have a distribution of another package.
  public init(_ request: ExportRequest) throws(ExperimentError) {
    let run = try RunPolicy(of: request.run, request.plan)
    var records = [
      ("ascent_version", AscentVersion.current), ("environment", run.configuration.environment),
      ("observation_space", "\(run.observationSpace)"), ("action_space", "\(run.actionSpace)"),
      ("bits", run.bits),
    ]
    if let fingerprint = run.fingerprint { records.append(("fingerprint", fingerprint)) }
    try self.init(
      run.policy, run.parameters, observing: run.observationSpace, acting: run.actionSpace,
      records: records.map { (key: $0.0, value: $0.1) })
  }

  /// Numbers of the parameters.
  func numbers(_ range: Range<Int>) -> [Float] { Array(parameters.values[range]) }

  /// The bounds of all values of an action; nil if no policy leaves them.
  var actionBounds: ValueBounds? {
    guard actions.leaves.contains(where: { $0.kind.discreteCounts.isEmpty && !$0.kind.isBits }) else {
      return nil
    }
    let bounds = actions.valueBounds
    return ValueBounds(low: bounds.low.map { Float($0) }, high: bounds.high.map { Float($0) })
  }

  /// A line for each group of numbers of an observation: its columns, its path and its set of values.
  var observationLines: [String] {
    var first = 0
    return observations.leaves.map { leaf in
      defer { first += leaf.kind.flattenedSize }
      return Self.line(first, leaf.kind.flattenedSize, leaf)
        + (leaf.kind.discreteCounts.isEmpty ? "" : leaf.kind.isOneHot ? ", one-hot" : ", index")
    }
  }

  /// A line for each group of values of an action.
  var actionLines: [String] {
    var first = 0
    return actions.leaves.map { leaf in
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
  fileprivate var isBits: Bool {
    if case .multiBinary = self { true } else { false }
  }

  /// True if all its choices are one-hot vectors.
  fileprivate var isOneHot: Bool { discreteCounts.allSatisfy { $0 <= Space.mostOneHot } }
}
