internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients
internal import FoundationEssentials

/// policy.json and policy.safetensors: a policy that can be read without Ascent (docs/policy-format.md).
///
/// The JSON is a ``PolicyDescription``; the arrays have the names of the parameters' slices.
struct PolicyFile {
  static func save(
    _ parameters: Parameters, configuration: Configuration, lanes: Lanes, in folder: RunFolder
  ) throws(ExperimentError) {
    let description = try PolicyDescription(configuration, lanes)
    let tensors = parameters.slices.map { slice in
      Safetensors.Tensor(slice.name, parameters.values[slice.range], shape: slice.shape)
    }
    let metadata = ["format": "ascent-policy-\(PolicyDescription.currentFormat)"]
    try AtomicFile.replace(
      folder.weightsFile, with: Safetensors(tensors: tensors, metadata: metadata).encoded)
    try AtomicFile.replace(folder.policyFile, with: description.json.line + "\n")
  }

  /// The part of policy.json by which it is recognized, of every format that was ever written.
  struct Header: Decodable {
    /// The formats.
    enum Format: Equatable {
      /// That of release 0.1, `ascent-policy-2`.
      case first
      /// A ``PolicyDescription``.
      case described(Int)
    }

    /// The format.
    let format: Format
    /// The observations and the actions of the policy, in words.
    let observations, actions: String

    private enum CodingKeys: String, CodingKey {
      case format, observed
      case observationSpace = "observation_space"
      case actionSpace = "action_space"
    }

    /// Reads the header of a run's policy.json.
    ///
    /// - Throws: ``ExperimentError/damaged(file:reason:)`` if it is none, or of a later version.
    init(_ bytes: [UInt8], of folder: RunFolder) throws(ExperimentError) {
      guard let header = try? JSONText.decode(Header.self, from: bytes[...]) else {
        throw .damaged(file: folder.policyFile, reason: "it does not describe a policy")
      }
      if case .described(let format) = header.format, format != PolicyDescription.currentFormat {
        throw .damaged(
          file: folder.policyFile,
          reason: "it has the format \(format), and this version reads formats up to "
            + "\(PolicyDescription.currentFormat); use the version that wrote it")
      }
      self = header
    }

    private struct Words: Decodable { var text: String }

    init(from decoder: any Decoder) throws {
      let content = try decoder.container(keyedBy: CodingKeys.self)
      if let text = try? content.decode(String.self, forKey: .format), text == "ascent-policy-2" {
        format = .first
        observations = try content.decode(String.self, forKey: .observationSpace)
        actions = try content.decode(String.self, forKey: .actionSpace)
        return
      }
      let number = try content.decode(Int.self, forKey: .format)
      format = .described(number)
      guard number == PolicyDescription.currentFormat else {
        (observations, actions) = ("", "")
        return
      }
      observations = try content.decode(String.self, forKey: .observed)
      actions = try content.decode(Words.self, forKey: .actionSpace).text
    }
  }

  /// Loads the parameters of a run and checks that its spaces equal those of `lanes`.
  ///
  /// With `actorOnly`, arrays outside of the actor may be missing; their values are then those of `parameters`.
  static func load(
    from folder: RunFolder, like parameters: Parameters, lanes: Lanes, actorOnly: Bool = false
  ) throws(ExperimentError) -> Parameters {
    let header = try Header(AtomicFile.read(folder.policyFile, limit: AtomicFile.largestText), of: folder)
    for (what, then, now) in [
      ("observations", header.observations, "\(lanes.observationSpace)"),
      ("actions", header.actions, "\(lanes.actionSpace)"),
    ] where then != now {
      throw .damaged(file: folder.policyFile, reason: "the policy is for \(what) \(then), not \(now)")
    }
    let content = try PolicyDescription.arrays(of: folder)
    let named = Dictionary(content.tensors.map { ($0.name, $0) }) { first, _ in first }
    var loaded = parameters
    for slice in parameters.slices {
      if actorOnly, named[slice.name] == nil, !slice.name.hasPrefix("actor.") { continue }
      guard let tensor = named[slice.name], tensor.shape == slice.shape, tensor.element == .float32 else {
        throw .damaged(file: folder.weightsFile, reason: "it lacks the array '\(slice.name)' \(slice.shape)")
      }
      let values = tensor.floats
      guard values.allSatisfy(\.isFinite) else {
        throw .damaged(
          file: folder.weightsFile, reason: "the array '\(slice.name)' has a number that is not finite")
      }
      loaded.values.replaceSubrange(slice.range, with: values)
    }
    return loaded
  }
}
