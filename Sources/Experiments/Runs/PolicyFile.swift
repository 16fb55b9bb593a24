internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients
internal import FoundationEssentials

/// policy.json and policy.safetensors: a policy that can be read without Ascent.
///
/// The JSON describes the spaces and the architecture; the arrays have the names of the parameters' slices.
struct PolicyFile {
  static let format = "ascent-policy-2"

  /// Writes both files; the JSON only where it is another one, as it is not while a run is made, so that a reader finds
  /// files that belong together at any moment.
  ///
  /// `steps` are those that the policy has learned from, nil for one that was fitted to demonstrations.
  static func save(
    _ parameters: Parameters, after steps: Int?, configuration: Configuration, lanes: Lanes,
    in folder: RunFolder
  ) throws(ExperimentError) {
    let description = JSON.object([
      ("format", .text(format)), ("environment", .text(configuration.environment)),
      ("observation_space", .text("\(lanes.observationSpace)")),
      ("observation_size", .integer(lanes.observationSize)),
      ("mask_size", .integer(lanes.maskSize)), ("frame_stack", .integer(configuration.frameStack)),
      ("emission", .array(configuration.emissions.map { .text($0.typed) })),
      ("memory", .text(configuration.memory.typed)),
      ("memory_size", configuration.remembers ? .integer(configuration.memorySize) : .null),
      ("also_observe", .array(configuration.alsoObserves.map { .text($0.rawValue) })),
      ("action_space", .text("\(lanes.actionSpace)")), ("action_size", .integer(lanes.actionSize)),
      ("hidden", .array(configuration.network.hidden.map { .integer($0) })),
      ("convolutions", .array(configuration.network.convolutions.map { .text($0.typed) })),
      (
        "image_layouts", .array(lanes.observationSpace.leaves.map { configuration.layout(of: $0, in: lanes) })
      ),
      ("activation", .text(configuration.network.activation.rawValue)),
      ("trunk", .text(configuration.trunk.rawValue)),
      ("distribution", .text(configuration.distribution.name)),
      ("normalizer", normalizer(parameters, configuration)), ("weights", .text("policy.safetensors")),
    ])
    let text = Array((description.line + "\n").utf8)
    if (try? AtomicFile.read(folder.policyFile, limit: AtomicFile.largestText)) != text {
      try AtomicFile.replace(folder.policyFile, with: text)
    }
    try saveWeights(parameters, after: steps, to: folder.weightsFile)
  }

  /// Writes the arrays.
  static func saveWeights(_ parameters: Parameters, after steps: Int?, to file: String)
    throws(ExperimentError)
  {
    let tensors = parameters.slices.map { slice in
      Safetensors.Tensor(slice.name, parameters.values[slice.range], shape: slice.shape)
    }
    var metadata = ["format": format]
    metadata["steps"] = steps.map(String.init)
    try AtomicFile.replace(file, with: Safetensors(tensors: tensors, metadata: metadata).encoded)
  }

  /// The function of observations that the networks receive, in words; null if it is the observations themselves.
  private static func normalizer(_ parameters: Parameters, _ configuration: Configuration) -> JSON {
    guard parameters.slices.contains(where: { $0.name == "observations.scale" }) else { return .null }
    let scaled = "(observation - observations.mean) * observations.scale"
    return .text(configuration.algorithm.normalizesObservations ? "\(scaled), within 10" : scaled)
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
    struct Description: Decodable {
      var format: String
      var observationSpace: String
      var actionSpace: String

      enum CodingKeys: String, CodingKey {
        case format
        case observationSpace = "observation_space"
        case actionSpace = "action_space"
      }
    }
    let bytes = try AtomicFile.read(folder.policyFile, limit: AtomicFile.largestText)
    guard let description = try? JSONText.decode(Description.self, from: bytes[...]),
      description.format == format
    else { throw .damaged(file: folder.policyFile, reason: "it does not describe a policy of this version") }
    for (what, then, now) in [
      ("observations", description.observationSpace, "\(lanes.observationSpace)"),
      ("actions", description.actionSpace, "\(lanes.actionSpace)"),
    ] where then != now {
      throw .damaged(file: folder.policyFile, reason: "the policy is for \(what) \(then), not \(now)")
    }
    return try weights(in: folder.weightsFile, like: parameters, actorOnly: actorOnly)
  }

  /// Loads the arrays of a file.
  static func weights(
    in file: String, like parameters: Parameters, actorOnly: Bool = false
  ) throws(ExperimentError) -> Loaded {
    let content = try Safetensors(Safetensors.bytes(of: file), file: file)
    let named = Dictionary(content.tensors.map { ($0.name, $0) }) { first, _ in first }
    var loaded = parameters
    for slice in parameters.slices {
      if actorOnly, named[slice.name] == nil, !slice.name.hasPrefix("actor.") { continue }
      guard let tensor = named[slice.name], tensor.shape == slice.shape, tensor.element == .float32 else {
        throw .damaged(file: file, reason: "it lacks the array '\(slice.name)' \(slice.shape)")
      }
      let values = tensor.floats
      guard values.allSatisfy(\.isFinite) else {
        throw .damaged(
          file: file, reason: "the array '\(slice.name)' has a number that is not finite")
      }
      loaded.values.replaceSubrange(slice.range, with: values)
    }
    return (loaded, content.metadata["steps"].flatMap { Int($0) })
  }
}

extension Configuration {
  /// The order of the axes of a leaf that convolutions read; null for other leaves.
  fileprivate func layout(of leaf: Space.Leaf, in lanes: Lanes) -> JSON {
    guard isConvolved(leaf, in: lanes.observationSpace) else { return .null }
    return .text(leaf.axes == .channelsFirst ? "channels-first" : "channels-last")
  }
}
