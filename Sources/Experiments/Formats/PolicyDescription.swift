public import AscentEnvironments

/// The content of policy.json: everything that is needed to compute a policy's actions from the arrays of its weights.
///
/// docs/policy-format.md explains the file. Names of arrays are those of policy.safetensors.
public struct PolicyDescription: Sendable {
  /// The format that is written; release 0.1 wrote `ascent-policy-2`.
  public static let currentFormat = 4
  /// The formats that are read: 3 is 4 without units.
  static let readFormats = 3...currentFormat

  /// The environment as run.toml names it.
  public var environment: String
  /// The name of the file of the arrays, in the same folder.
  public var weights = Self.weightsName
  /// The name of that file in every folder.
  public static let weightsName = "policy.safetensors"
  /// The observations of the environment, after its emissions.
  public var observationSpace: Space
  /// The emissions, which are part of the environment.
  public var emissions: [String]
  /// The leaves that are appended to each observation: the previous action and reward, the time.
  public var alsoObserve: [Space.Leaf]
  /// The stacks of latest observations, in the order in which they are applied.
  public var stacks: [ObservationStages.Stack]
  /// The observations that the policy receives, in words.
  public var observed: String
  /// The number of features, and the floats of the mask that come after them.
  public var featureSize, maskSize: Int
  /// The function that is applied to the features; nil for none.
  public var normalizer: Normalizer?
  /// The groups of features, in their order.
  public var inputs: [Input]
  /// The recurrent layer, if any.
  public var memory: Memory?
  /// The affine layers, from the first to the outputs.
  public var layers: [Map]
  /// The space of actions.
  public var actionSpace: Space
  /// The factors of an action.
  public var distributions: [Distribution]
  /// The source of V; nil without a critic.
  public var value: Value?

  /// (feature − mean) · scale, clamped to ± bound, except for some features.
  public struct Normalizer: Sendable, Equatable, Decodable {
    /// The names of the arrays.
    public var mean, scale: String
    /// The largest absolute value; nil for no bound.
    public var bound: Double?
    /// The features that are indices and stay as they are.
    public var indices: [Int]
  }

  /// y = f(b + x w).
  public struct Map: Sendable, Equatable, Decodable {
    /// The names of w, [inputs × outputs], and of b.
    public var weight, bias: String
    /// The name of f; nil for none.
    public var activation: String?
  }

  /// A group of features.
  public enum Input: Sendable, Equatable {
    /// Numbers, which are multiplied as they are.
    case numbers(Int)
    /// The index of one of `count` choices, which stands for a one-hot vector; negative for a vector of zeros.
    case index(count: Int)
    /// A picture, and the convolutions that are applied to it.
    case image(Image, [Convolution])

    /// The number of features.
    public var columns: Int {
      switch self {
      case .numbers(let count): count
      case .index: 1
      case .image(let image, _): image.height * image.width * image.channels
      }
    }
  }

  /// A picture in the features: [plane × row × column × channel of the plane].
  public struct Image: Sendable, Equatable {
    /// The extents; a plane has `channels / planes` channels.
    public var height, width, channels, planes: Int
  }

  /// A convolution without padding: a map of each patch [row × column × channel].
  public struct Convolution: Sendable, Equatable {
    /// The map of one patch.
    public var map: Map
    /// The side length of a patch, and the distance of neighboring ones.
    public var side, stride: Int
  }

  /// A recurrent layer.
  public struct Memory: Sendable, Equatable, Decodable {
    /// `gru` or `lstm`.
    public var cell: String
    /// The number of units.
    public var units: Int
    /// The maps of the input and of the state, to all gates side by side.
    public var outer, inner: Map

    /// The gates, in their order.
    public var gates: [String] {
      cell == "gru" ? ["reset", "update", "candidate"] : ["input", "forget", "candidate", "output"]
    }
  }

  /// One factor of an action.
  public struct Distribution: Sendable, Equatable {
    /// The name: `categorical`, `bernoulli`, or one of `policy.distribution`.
    public var name: String
    /// The number of the leaf of the action space, and the values of the action that the factor is.
    public var leaf: Int, values: Range<Int>
    /// The choices in the mask; nil without a mask.
    public var mask: Range<Int>?
    /// The parameters of the distribution.
    public var parameters: [Parameter]
    /// The units of its numbers; nil for the environment's.
    public var units: Units?
  }

  /// Units of a box: the environment receives middle + half · u of a number u, clamped to the bounds.
  public struct Units: Sendable, Equatable, Decodable {
    /// The middle and half the width of the box of each number; 0 and 1 for a number without two bounds.
    public var middle, half: [Float]
  }

  /// A parameter of a distribution: some of the network's outputs, or an array.
  public struct Parameter: Sendable, Equatable {
    /// The name, such as `mean`.
    public var name: String
    /// The range of the network's outputs; nil for an array.
    public var outputs: Range<Int>?
    /// The name of the array; nil for outputs.
    public var array: String?
  }

  /// The source of V.
  public enum Value: Sendable, Equatable {
    /// An output of the actor's network.
    case output(Int)
    /// A network of its own, which has the actor's inputs and layers, and arrays whose names begin so.
    case network(String)
  }
}

extension PolicyDescription {
  /// Describes the policy of a run.
  ///
  /// - Parameters:
  ///   - run: the run.
  ///   - plan: the host of its environment, which is opened only if policy.json is of release 0.1 and does not say all;
  ///     nil if such a file is an error.
  /// - Throws: ``ExperimentError``.
  public init(of run: RunFolder, _ plan: EvaluationPlan? = nil) throws(ExperimentError) {
    let bytes = try AtomicFile.read(run.policyFile, limit: AtomicFile.largestText)
    if try PolicyFile.Header(bytes, of: run).format == .first {
      guard let plan else {
        throw .usage(
          "\(run.path)/policy.json is of release 0.1 and lacks what an agent needs: ascent export \(run.path) --format "
            + "numpy --out FOLDER writes the policy anew into FOLDER")
      }
      let opened = try OpenedPolicy(.run(run), plan)
      try self.init(opened.configuration, opened.environment.lanes)
      return
    }
    do {
      self = try JSONText.decode(PolicyDescription.self, from: bytes[...])
    } catch DecodingError.dataCorrupted(let context) {
      let words = context.debugDescription
      throw .damaged(file: run.policyFile, reason: "it does not describe a policy: \(words)")
    } catch {
      throw .damaged(file: run.policyFile, reason: "it does not describe a policy")
    }
  }

  /// The arrays of a run's policy.
  ///
  /// - Throws: ``ExperimentError`` when the file is damaged.
  public static func arrays(of run: RunFolder) throws(ExperimentError) -> Safetensors {
    try Safetensors(Safetensors.bytes(of: run.weightsFile), file: run.weightsFile)
  }
}
