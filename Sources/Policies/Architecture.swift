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
  /// Whether observations are standardised by what has been observed so far.
  public var standardizes: Bool
  /// What observations are multiplied by at the beginning: 1/255 for images of bytes.
  public var inputScale: Float
  /// The shape of observations that are images.
  public var image: Network.Image?
  /// The layers that look at images.
  public var convolutions: [Network.Convolution]

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
    image: Network.Image? = nil, convolutions: [Network.Convolution] = []
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
  }

  func check() throws(PolicyError) {
    guard abs(logDeviation) <= 50 else {
      throw .number(what: "initial log deviation", found: logDeviation, allowed: "from −50 to 50")
    }
  }

  func network(
    _ name: String, inputs: Int, outputs: Int, startingAt start: Int
  ) throws(PolicyError) -> Network {
    try Network(
      name: name, widths: [inputs] + hidden + [outputs], activation: activation, image: image,
      convolutions: convolutions, startingAt: start)
  }
}
