/// How a policy's networks are built.
public struct Architecture: Sendable, Equatable {
  /// The widths of the hidden layers.
  public var hidden: [Int]
  /// The function between layers.
  public var activation: Activation
  /// Whether and where V is estimated.
  public var critic: Critic
  /// How weights and biases begin.
  public var initialization: Initialization
  /// log σ of Gaussian factors at the beginning.
  public var logDeviation: Double
  /// How large the actor's last weights are at the beginning.
  public var headGain: Double
  /// Whether observations are standardized by what has been observed so far.
  public var standardizes: Bool
  /// What observations are multiplied by at the beginning: 1/255 for images of bytes.
  public var inputScale: Float
  /// The shape of observations that are images.
  public var image: Network.Image?
  /// The layers that look at images.
  public var convolutions: [Network.Convolution]
  /// What remembers; nil for a policy that only sees the last observation.
  public var recurrence: Recurrence?

  /// Where V comes from.
  public enum Critic: String, Sendable, CaseIterable {
    /// There is no V.
    case none
    /// A network of its own.
    case separate
    /// One more output of the actor's network.
    case shared
  }

  /// Describes networks of affine layers.
  public init(
    hidden: [Int] = [64, 64], activation: Activation = .tanh, critic: Critic = .none,
    initialization: Initialization = .orthogonal, logDeviation: Double = 0, headGain: Double = 0.01,
    standardizes: Bool = false, inputScale: Float = 1,
    image: Network.Image? = nil, convolutions: [Network.Convolution] = [], recurrence: Recurrence? = nil
  ) {
    self.hidden = hidden
    self.activation = activation
    self.critic = critic
    self.initialization = initialization
    self.logDeviation = logDeviation
    self.headGain = headGain
    self.standardizes = standardizes
    self.inputScale = inputScale
    self.image = image
    self.convolutions = convolutions
    self.recurrence = recurrence
  }

  func check() throws(PolicyError) {
    guard abs(logDeviation) <= 50 else {
      throw .number(what: "initial log deviation", found: logDeviation, allowed: "from −50 to 50")
    }
    if let recurrence, !(1...65_536).contains(recurrence.size) {
      throw .size(what: "number of units that remember", found: recurrence.size, allowed: "from 1 to 65,536")
    }
  }
}
