public import AscentEnvironments
public import AscentPolicies
internal import AscentPolicyGradients

/// The trained policy of a run with the spaces that it is for, to be written in another form.
public struct RunPolicy {
  /// The settings of the run.
  public let configuration: Configuration
  /// The policy.
  public let policy: Policy
  /// Its parameters.
  public let parameters: Parameters
  /// The space of its observations, behind all wrappers: emissions, stacks and windows.
  public let observationSpace: Space
  /// The space of its actions.
  public let actionSpace: Space
  /// The fingerprint of the run; nil if the run has not ended.
  public let fingerprint: String?
  /// The hash of the learned numbers.
  public let bits: String

  /// Reads the policy of a run.
  ///
  /// - Parameters:
  ///   - folder: the run.
  ///   - plan: the host of its environment, which is opened for its spaces.
  /// - Throws: ``ExperimentError`` when the run cannot be read or its environment cannot be opened.
  public init(of folder: RunFolder, _ plan: EvaluationPlan) throws(ExperimentError) {
    let opened = try OpenedPolicy(.run(folder), plan)
    (configuration, policy, parameters) = (opened.configuration, opened.policy, opened.parameters)
    let lanes = opened.environment.lanes
    (observationSpace, actionSpace) = (lanes.observationSpace, lanes.actionSpace)
    let text = String(
      decoding: try AtomicFile.read(folder.runFile, limit: AtomicFile.largestText), as: UTF8.self)
    let records = try Configuration.records(in: text, file: folder.runFile)
    fingerprint = records.first { $0.key == RunRecord.fingerprintKey }?.value
    bits = Fingerprint.ofBits(parameters)
  }
}
