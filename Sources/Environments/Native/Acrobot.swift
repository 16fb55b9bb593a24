internal import AscentMathematics
public import AscentRandomness

/// Two links with a motor at the joint between them, to be swung above a line (Sutton 1996), with the physics of
/// Gymnasium's Acrobot-v1.
///
/// The state is (θ₁, θ₂, θ̇₁, θ̇₂) in double precision, 0 hanging down; observations are (cos θ₁, sin θ₁, cos θ₂, sin
/// θ₂, θ̇₁, θ̇₂) in single precision. The actions are torques of −1, 0 and 1. Each step has reward −1, except 0 for the
/// one that terminates, when −cos θ₁ − cos(θ₁ + θ₂) > 1. A ``TimeLimit`` around it limits episodes to 500 steps.
public final class Acrobot: Environment, ContractKeeper {
  /// The number of steps after which Gymnasium truncates Acrobot-v1.
  public static let timeLimit = 500

  private static let gravity = 9.8
  private static let τ = 0.2
  private static let highestSpeeds = (4 * Double.pi, 9 * Double.pi)

  /// True: its observations are always in their space.
  public var keepsContract: Bool { true }
  /// The space of observations, with bounds rounded to float32 as in Gymnasium.
  public let observationSpace: Space = {
    let high = [1, 1, 1, 1, Double(Float(highestSpeeds.0)), Double(Float(highestSpeeds.1))]
    return .box(low: high.map { -$0 }, high: high)
  }()
  /// The space of actions.
  public let actionSpace: Space = .discrete(3)

  private let stream: RandomStream
  private var state = SIMD4<Double>()

  /// Makes an acrobot whose initial states come from `generator`.
  public init(generator: RandomGenerator = .philox) throws(RandomnessError) {
    stream = try RandomStream(StreamKey(seed: 0, purpose: .environment), generator: generator)
  }

  /// Draws every component of the state uniformly from [−0.1, 0.1), in single precision.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    Require.count(observation.count, of: "observation", is: 6)
    stream.restart(at: key)
    for k in 0..<4 { state[k] = Double(Float(stream.uniform(from: -0.1, to: 0.1))) }
    observe(into: &observation)
  }

  /// Integrates the physics over 0.2 s by one fourth-order Runge–Kutta step.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Require.count(action.count, of: "action", is: 1)
    Require.count(observation.count, of: "observation", is: 6)
    let torque = Double(action[0]) - 1
    let half = Self.τ / 2
    let k1 = Self.derivative(state, torque)
    let k2 = Self.derivative(state + half * k1, torque)
    let k3 = Self.derivative(state + half * k2, torque)
    let k4 = Self.derivative(state + Self.τ * k3, torque)
    state += Self.τ / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    let (fastest1, fastest2) = Self.highestSpeeds
    state = [
      Self.wrapped(state[0]), Self.wrapped(state[1]),
      min(max(state[2], -fastest1), fastest1), min(max(state[3], -fastest2), fastest2),
    ]
    observe(into: &observation)
    let isUp = -cosine(state[0]) - cosine(state[1] + state[0]) > 1
    return isUp ? Step(reward: 0, end: .terminated) : Step(reward: -1)
  }

  /// Returns the time derivative of the state: links of length and mass 1, centers of mass in the middle, moments of
  /// inertia 1.
  private static func derivative(_ state: SIMD4<Double>, _ torque: Double) -> SIMD4<Double> {
    let (θ1, θ2, ω1, ω2) = (state[0], state[1], state[2], state[3])
    let (sinθ2, cosθ2) = (sine(θ2), cosine(θ2))
    let d1 = 0.25 + (1.25 + cosθ2) + 1 + 1
    let d2 = 0.25 + 0.5 * cosθ2 + 1
    let φ2 = 0.5 * gravity * cosine(θ1 + θ2 - .pi / 2)
    let centrifugal = -0.5 * (ω2 * ω2) * sinθ2
    let φ1 = centrifugal - ω2 * ω1 * sinθ2 + 1.5 * gravity * cosine(θ1 - .pi / 2) + φ2
    let acting = torque + d2 / d1 * φ1 - 0.5 * (ω1 * ω1) * sinθ2 - φ2
    let α2 = acting / (0.25 + 1 - d2 * d2 / d1)
    return [ω1, ω2, -(d2 * α2 + φ1) / d1, α2]
  }

  private static func wrapped(_ angle: Double) -> Double {
    var angle = angle
    while angle > .pi { angle -= 2 * .pi }
    while angle < -.pi { angle += 2 * .pi }
    return angle
  }

  private func observe(into observation: inout MutableSpan<Float>) {
    observation[0] = Float(cosine(state[0]))
    observation[1] = Float(sine(state[0]))
    observation[2] = Float(cosine(state[1]))
    observation[3] = Float(sine(state[1]))
    observation[4] = Float(state[2])
    observation[5] = Float(state[3])
  }
}

extension NativeEnvironment {
  /// `native:acrobot`.
  public static let acrobot = NativeEnvironment(
    "acrobot", help: "two links to be swung above a line, the physics of Gymnasium's Acrobot-v1, 500 steps",
    timeLimit: Acrobot.timeLimit,
    model: .simulated { generator throws(RandomnessError) in try Acrobot(generator: generator) })
}
