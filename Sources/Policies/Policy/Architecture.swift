/// The layout of a policy's networks and their initialization.
public struct Architecture: Sendable, Equatable {
  /// The widths of the hidden layers.
  public var hidden: [Int]
  /// The activation function between layers.
  public var activation: Activation
  /// The source of V, if any.
  public var critic: Critic
  /// The initial distribution of weights and biases.
  public var initialization: Initialization
  /// The initial log σ of Gaussian factors.
  public var logDeviation: Double
  /// The gain of the actor's last layer at initialization.
  public var headGain: Double
  /// True if observations are standardized by the running mean and deviation of each feature.
  public var standardizes: Bool
  /// The features of an observation whose mean and deviation are not measured: they are only multiplied by their input's
  /// scale.
  public var unstandardized: [Range<Int>] = []
  /// The groups of features of an observation, in their order; empty if all features are numbers.
  public var inputs: [Network.Input]
  /// The convolutions that are applied to each image among the inputs.
  public var convolutions: [Network.Convolution]
  /// The recurrent layer; nil for a policy that depends on the last observation only.
  public var recurrence: Recurrence?

  /// The source of V.
  public enum Critic: String, Sendable, CaseIterable {
    /// No V.
    case none
    /// A network of its own.
    case separate
    /// One additional output of the actor's network.
    case shared
  }

  /// Makes an architecture; without images and recurrence, its networks consist of affine layers.
  public init(
    hidden: [Int] = [64, 64], activation: Activation = .tanh, critic: Critic = .none,
    initialization: Initialization = .orthogonal, logDeviation: Double = 0, headGain: Double = 0.01,
    standardizes: Bool = false, inputs: [Network.Input] = [], convolutions: [Network.Convolution] = [],
    recurrence: Recurrence? = nil
  ) {
    self.hidden = hidden
    self.activation = activation
    self.critic = critic
    self.initialization = initialization
    self.logDeviation = logDeviation
    self.headGain = headGain
    self.standardizes = standardizes
    self.inputs = inputs
    self.convolutions = convolutions
    self.recurrence = recurrence
  }

  /// The columns of observations that are indices.
  var indexColumns: [Int] {
    var (columns, next) = ([Int](), 0)
    for input in inputs {
      if input.isIndex { columns.append(next) }
      next += input.columns
    }
    return columns
  }

  /// Checks the numbers of an architecture for observations of `featureSize` floats.
  func check(featureSize: Int) throws(PolicyError) {
    for input in inputs { try input.check() }
    let size = inputs.reduce(0) { $0 + $1.columns }
    guard inputs.isEmpty || size == featureSize else {
      throw .size(what: "number of features of the inputs", found: size, allowed: "\(featureSize)")
    }
    for columns in unstandardized where columns.lowerBound < 0 || columns.upperBound > featureSize {
      throw .size(
        what: "last feature that is not standardized", found: columns.upperBound,
        allowed: "at most \(featureSize)")
    }
    guard abs(logDeviation) <= 50 else {
      throw .number(what: "initial log deviation", found: logDeviation, allowed: "from −50 to 50")
    }
    guard headGain.isFinite else {
      throw .number(what: "gain of the actor's last layer", found: headGain, allowed: "finite")
    }
    if let recurrence, !(1...65_536).contains(recurrence.size) {
      throw .size(what: "number of recurrent units", found: recurrence.size, allowed: "from 1 to 65,536")
    }
  }
}
