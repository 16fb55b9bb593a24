internal import AscentMathematics
public import AscentRandomness

/// A pole on a cart (Barto, Sutton, Anderson 1983) with the physics of Gymnasium's CartPole-v1.
///
/// The state is (x, ẋ, θ, θ̇) in double precision, integrated by Euler's rule with τ = 0.02 s; observations are the
/// state in single precision. Each step gives a reward of 1. The episode terminates when |x| > 2.4 or |θ| > 12°. A
/// ``TimeLimit`` around it limits episodes to 500 steps.
public final class CartPole: Environment, ContractKeeper {
  /// The number of steps after which Gymnasium truncates CartPole-v1.
  public static let timeLimit = 500

  private static let gravity = 9.8
  private static let poleMass = 0.1
  private static let totalMass = 1.0 + poleMass
  private static let halfLength = 0.5
  private static let poleMoment = poleMass * halfLength
  private static let force = 10.0
  private static let τ = 0.02
  private static let xLimit = 2.4
  private static let θLimit = 12 * 2 * Double.pi / 360

  /// True: its observations are always in their space.
  public var keepsContract: Bool { true }
  /// The space of observations.
  public let observationSpace: Space = .box(
    low: [-4.8, -.infinity, -2 * θLimit, -.infinity], high: [4.8, .infinity, 2 * θLimit, .infinity])
  /// The space of actions.
  public let actionSpace: Space = .discrete(2)

  private let stream: RandomStream
  private var state = (x: 0.0, ẋ: 0.0, θ: 0.0, ω: 0.0)

  /// Makes a cart whose initial states come from `generator`.
  public init(generator: RandomGenerator = .philox) throws(RandomnessError) {
    stream = try RandomStream(StreamKey(seed: 0, purpose: .environment), generator: generator)
  }

  /// Draws every component of the state uniformly from [−0.05, 0.05).
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    Require.count(observation.count, of: "observation", is: 4)
    stream.restart(at: key)
    state.x = stream.uniform(from: -0.05, to: 0.05)
    state.ẋ = stream.uniform(from: -0.05, to: 0.05)
    state.θ = stream.uniform(from: -0.05, to: 0.05)
    state.ω = stream.uniform(from: -0.05, to: 0.05)
    observe(into: &observation)
  }

  /// Integrates the physics over 0.02 s by Euler’s explicit rule.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Require.count(action.count, of: "action", is: 1)
    Require.count(observation.count, of: "observation", is: 4)
    let (x, ẋ, θ, ω) = state
    let f = action[0] == 1 ? Self.force : -Self.force
    let (sinθ, cosθ) = (sine(θ), cosine(θ))
    let pull = (f + Self.poleMoment * (ω * ω) * sinθ) / Self.totalMass
    let angular =
      (Self.gravity * sinθ - cosθ * pull)
      / (Self.halfLength * (4.0 / 3.0 - Self.poleMass * (cosθ * cosθ) / Self.totalMass))
    let linear = pull - Self.poleMoment * angular * cosθ / Self.totalMass
    state = (x + Self.τ * ẋ, ẋ + Self.τ * linear, θ + Self.τ * ω, ω + Self.τ * angular)
    observe(into: &observation)
    let fallen = abs(state.x) > Self.xLimit || abs(state.θ) > Self.θLimit
    return Step(reward: 1, end: fallen ? .terminated : nil)
  }

  private func observe(into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.x)
    observation[1] = Float(state.ẋ)
    observation[2] = Float(state.θ)
    observation[3] = Float(state.ω)
  }
}

extension NativeEnvironment {
  /// The environment `native:cartpole`.
  public static let cartPole = NativeEnvironment(
    "cartpole", help: "a pole on a cart, the physics of Gymnasium's CartPole-v1, 500 steps",
    timeLimit: CartPole.timeLimit,
    model: .simulated { generator throws(RandomnessError) in try CartPole(generator: generator) })
}
