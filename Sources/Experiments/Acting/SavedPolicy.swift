public import AscentPolicies
public import AscentPolicyGradients
internal import AscentRandomness
internal import AscentRegistries

/// A policy with its parameters, and with all that its observations go through: the content of policy.json and
/// policy.safetensors.
public struct SavedPolicy: Sendable {
  /// The file's description: spaces, stages of observations, distributions.
  public let description: PolicyDescription
  /// The policy.
  public let policy: Policy
  /// Its parameters.
  public let parameters: Parameters
  /// The steps that it has learned from; nil if the file does not say.
  public let steps: Int?

  /// Reads the policy of a run, or of another folder that has its two files; no environment is opened.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - catalog: the distributions that the policy may have.
  /// - Throws: ``ExperimentError`` when the files are missing, damaged or contradict each other.
  public init(contentsOf folder: RunFolder, catalog: Catalog = .standard) throws(ExperimentError) {
    try self.init(PolicyDescription(of: folder), in: folder, catalog)
  }

  /// Reads the arrays of a policy, and checks that they, the description and the run's settings agree.
  ///
  /// - Throws: ``ExperimentError``.
  package init(
    _ description: PolicyDescription, in folder: RunFolder, _ catalog: Catalog
  ) throws(ExperimentError) {
    self.description = description
    let arrays = try PolicyFile.Arrays(folder.weightsFile)
    do throws(LearnerError) {
      policy = try description.policy(arrays, catalog)
    } catch {
      throw .damaged(file: folder.policyFile, reason: "it describes no policy: \(error)")
    }
    (parameters, steps) = (try arrays.filling(try Self.drawn(policy)), arrays.steps)
    var made = description
    made.describe(policy)
    if let part = made.difference(from: description) {
      throw .damaged(
        file: folder.policyFile, reason: "it describes no policy: its \(part) contradict its spaces")
    }
    // Another program's settings may have entries that this catalog lacks.
    guard folder.containsRun, let run = try? Configuration.ofRun(folder, catalog) else { return }
    if let part = description.difference(from: run) { throw folder.contradiction(part) }
  }

  /// Parameters of the right sizes.
  private static func drawn(_ policy: Policy) throws(ExperimentError) -> Parameters {
    do {
      return policy.initialParameters(from: try RandomStream(StreamKey(seed: 0, purpose: .parameters)))
    } catch {
      throw ExperimentError(error)
    }
  }

  /// The policy of a learner as it is now.
  ///
  /// - Parameters:
  ///   - learner: the learner.
  ///   - environment: the name of the environment, for readers of the file.
  /// - Throws: ``ExperimentError/usage(_:)`` if ``PolicyBuilder`` did not make the policy: a file names distributions, which
  ///   a policy that was made from factors does not.
  public init(_ learner: borrowing Learner, environment: String) throws(ExperimentError) {
    guard learner.policy.boxes != nil else {
      throw .usage("only a policy that PolicyBuilder made can be saved: its distributions have names")
    }
    (policy, parameters, steps) = (learner.policy, learner.parameters, learner.steps)
    description = PolicyDescription(policy, in: learner.lanes, environment: environment, emissions: [])
  }

  /// Writes policy.json and policy.safetensors into a folder, which is made if it is missing.
  ///
  /// - Throws: ``ExperimentError`` when they cannot be written, and for the folder of a run, whose own policy they would
  ///   replace.
  public func save(to folder: RunFolder) throws(ExperimentError) {
    guard !folder.containsRun else {
      throw .usage(
        "\(folder.path) is the folder of a run, whose policy would be replaced; name another folder")
    }
    _ = try folder.make()
    try PolicyFile.save(parameters, after: steps, description, in: folder)
  }
}
