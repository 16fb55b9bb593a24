internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients
internal import FoundationEssentials

/// policy.json and policy.safetensors: a policy that can be read without Ascent (docs/policy-format.md).
///
/// The JSON is a ``PolicyDescription``; the arrays have the names of the parameters' slices.
struct PolicyFile {
  /// Writes both files.
  ///
  /// `steps` are those that the policy has learned from, nil for one that was fitted to demonstrations.
  static func save(
    _ parameters: Parameters, after steps: Int?, configuration: Configuration, lanes: Lanes,
    in folder: RunFolder
  ) throws(ExperimentError) {
    try save(parameters, after: steps, PolicyDescription(configuration, lanes), in: folder)
  }

  /// Writes both files; the JSON only where it is another one, as it is not while a run is made, so that a reader finds
  /// files that belong together at any moment.
  static func save(
    _ parameters: Parameters, after steps: Int?, _ description: PolicyDescription, in folder: RunFolder
  ) throws(ExperimentError) {
    let text = Array((description.json.line + "\n").utf8)
    if (try? AtomicFile.read(folder.policyFile, limit: AtomicFile.largestText)) != text {
      try AtomicFile.replace(folder.policyFile, with: text)
    }
    try saveWeights(parameters, after: steps, to: folder.weightsFile)
  }

  /// Writes the arrays.
  static func saveWeights(
    _ parameters: Parameters, after steps: Int?, to file: String
  ) throws(ExperimentError) {
    let tensors = parameters.slices.map { slice in
      Safetensors.Tensor(slice.name, parameters.values[slice.range], shape: slice.shape)
    }
    var metadata = ["format": "ascent-policy-\(PolicyDescription.currentFormat)"]
    metadata["steps"] = steps.map(String.init)
    try Safetensors(tensors: tensors, metadata: metadata).replace(file)
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
      if case .described(let format) = header.format, !PolicyDescription.readFormats.contains(format) {
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
      guard PolicyDescription.readFormats.contains(number) else {
        (observations, actions) = ("", "")
        return
      }
      observations = try content.decode(String.self, forKey: .observed)
      actions = try content.decode(Words.self, forKey: .actionSpace).text
    }
  }

  /// The parameters of a policy, and the steps that it has learned from, where the file has them.
  typealias Loaded = (parameters: Parameters, steps: Int?)

  /// Loads the parameters of a run and checks that its spaces equal those of `lanes`.
  ///
  /// With `actorOnly`, arrays outside of the actor may be missing; their values are then those of `parameters`.
  static func load(
    from folder: RunFolder, like parameters: Parameters, lanes: Lanes, actorOnly: Bool = false
  ) throws(ExperimentError) -> Loaded {
    try folder.checkPolicy()
    let header = try Header(AtomicFile.read(folder.policyFile, limit: AtomicFile.largestText), of: folder)
    for (what, then, now) in [
      ("observations", header.observations, "\(lanes.observationSpace)"),
      ("actions", header.actions, "\(lanes.actionSpace)"),
    ] where then != now {
      throw .damaged(file: folder.policyFile, reason: "the policy is for \(what) \(then), not \(now)")
    }
    return try weights(in: folder.weightsFile, like: parameters, actorOnly: actorOnly)
  }

  /// Loads the arrays of a file.
  static func weights(
    in file: String, like parameters: Parameters, actorOnly: Bool = false
  ) throws(ExperimentError) -> Loaded {
    let arrays = try Arrays(file)
    return (try arrays.filling(parameters, actorOnly: actorOnly), arrays.steps)
  }

  /// The arrays of policy.safetensors by their names.
  struct Arrays {
    private let file: String
    private let named: [String: Safetensors.Tensor]

    /// The steps that the policy has learned from; nil if the file does not say.
    let steps: Int?

    /// Reads a file.
    ///
    /// - Throws: ``ExperimentError`` when it is missing or damaged.
    init(_ file: String) throws(ExperimentError) { try self.init(Safetensors.bytes(of: file), file: file) }

    /// Takes the bytes of a file, which is named in messages.
    init(_ bytes: [UInt8], file: String) throws(ExperimentError) {
      self.file = file
      let content = try Safetensors(bytes, file: file)
      named = Dictionary(content.tensors.map { ($0.name, $0) }) { first, _ in first }
      steps = content.metadata["steps"].flatMap { Int($0) }
    }

    /// The array of a name.
    subscript(name: String) -> Safetensors.Tensor? { named[name] }

    /// The number of outputs of a weight.
    ///
    /// - Throws: ``LearnerError/contradiction(_:)`` if there is none of this name.
    func width(_ weight: String) throws(LearnerError) -> Int {
      guard let shape = named[weight]?.shape, shape.count == 2 else {
        throw .contradiction("its arrays have no weight '\(weight)'")
      }
      return shape[1]
    }

    /// Parameters with the values of the arrays; with `actorOnly`, arrays outside of the actor may be missing.
    ///
    /// - Throws: ``ExperimentError/damaged(file:reason:)``.
    func filling(_ parameters: Parameters, actorOnly: Bool = false) throws(ExperimentError) -> Parameters {
      var loaded = parameters
      for slice in parameters.slices {
        if actorOnly, named[slice.name] == nil, !slice.name.hasPrefix("actor.") { continue }
        guard let tensor = named[slice.name], tensor.shape == slice.shape, tensor.element == .float32 else {
          throw .damaged(file: file, reason: "it lacks the array '\(slice.name)' \(slice.shape)")
        }
        let values = tensor.floats
        guard values.allSatisfy(\.isFinite) else {
          throw .damaged(file: file, reason: "the array '\(slice.name)' has a number that is not finite")
        }
        loaded.values.replaceSubrange(slice.range, with: values)
      }
      return loaded
    }
  }
}
