internal import AscentMathematics
public import AscentRandomness

/// A pendulum that a weak motor swings up and balances, with the physics of Gymnasium's Pendulum-v1.
///
/// The state is (θ, θ̇) in double precision, θ = 0 upright; observations are (cos θ, sin θ, θ̇) in single precision.
/// The action is a torque u in [−2, 2]. A step has reward −(θ² + 0.1 θ̇² + 0.001 u²), with θ wrapped into [−π, π).
/// Episodes never terminate; a ``TimeLimit`` around it limits them to 200 steps.
public final class Pendulum: Environment, ContractKeeper {
  /// The number of steps after which Gymnasium truncates Pendulum-v1.
  public static let timeLimit = 200

  private static let gravity = 10.0
  private static let τ = 0.05
  private static let highestSpeed = 8.0
  private static let highestTorque: Float = 2

  /// True: its observations are always in their space.
  public var keepsContract: Bool { true }
  /// The space of observations.
  public let observationSpace: Space = .box(low: [-1, -1, -highestSpeed], high: [1, 1, highestSpeed])
  /// The space of actions.
  public let actionSpace: Space = .box(low: [-Double(highestTorque)], high: [Double(highestTorque)])

  private let stream: RandomStream
  private var state = (θ: 0.0, ω: 0.0)

  /// Makes a pendulum whose initial states come from `generator`.
  public init(generator: RandomGenerator = .philox) throws(RandomnessError) {
    stream = try RandomStream(StreamKey(seed: 0, purpose: .environment), generator: generator)
  }

  /// Draws θ uniformly from [−π, π) and θ̇ from [−1, 1).
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    Require.count(observation.count, of: "observation", is: 3)
    stream.restart(at: key)
    state.θ = stream.uniform(from: -.pi, to: .pi)
    state.ω = stream.uniform(from: -1, to: 1)
    observe(into: &observation)
  }

  /// Integrates the physics over 0.05 s by Euler’s semi-implicit rule.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Require.count(action.count, of: "action", is: 1)
    Require.count(observation.count, of: "observation", is: 3)
    let (θ, ω) = state
    // As in Gymnasium, the torque is squared and scaled in float32.
    let u = min(max(action[0], -Self.highestTorque), Self.highestTorque)
    let cost = Self.normalized(θ) * Self.normalized(θ) + 0.1 * (ω * ω) + Double(0.001 * (u * u))
    let acceleration = 3 * Self.gravity / 2 * sine(θ) + Double(3 * u)
    state.ω = min(max(ω + acceleration * Self.τ, -Self.highestSpeed), Self.highestSpeed)
    state.θ = θ + state.ω * Self.τ
    observe(into: &observation)
    return Step(reward: -cost)
  }

  /// Returns the angle wrapped into [−π, π).
  private static func normalized(_ θ: Double) -> Double {
    let remainder = (θ + .pi).truncatingRemainder(dividingBy: 2 * .pi)
    return (remainder < 0 ? remainder + 2 * .pi : remainder) - .pi
  }

  private func observe(into observation: inout MutableSpan<Float>) {
    observation[0] = Float(cosine(state.θ))
    observation[1] = Float(sine(state.θ))
    observation[2] = Float(state.ω)
  }
}

extension NativeEnvironment {
  /// The environment `native:pendulum`.
  public static let pendulum = NativeEnvironment(
    "pendulum",
    help: "a pendulum to be swung up and balanced, the physics of Gymnasium's Pendulum-v1, 200 steps",
    timeLimit: Pendulum.timeLimit,
    model: .simulated { generator throws(RandomnessError) in try Pendulum(generator: generator) })
}
