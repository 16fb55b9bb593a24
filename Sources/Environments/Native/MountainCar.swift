internal import AscentMathematics
public import AscentRandomness

/// A car whose motor is too weak to climb its hill directly (Moore 1990), with the physics of Gymnasium's
/// MountainCar-v0.
///
/// The state is position and velocity in double precision; observations are the state in single precision. Actions
/// accelerate to the left, not at all, and to the right. Each step has reward −1; the episode terminates at the flag,
/// at position 0.5 or beyond with velocity ≥ 0. A ``TimeLimit`` around it limits episodes to 200 steps.
public final class MountainCar: Environment, ContractKeeper {
  /// The number of steps after which Gymnasium truncates MountainCar-v0.
  public static let timeLimit = 200

  private static let (lowest, highest, goal) = (-1.2, 0.6, 0.5)
  private static let highestSpeed = 0.07
  private static let (force, gravity) = (0.001, 0.0025)

  /// True: its observations are always in their space.
  public var keepsContract: Bool { true }
  /// The space of observations, with bounds rounded to float32 as in Gymnasium.
  public let observationSpace: Space = .box(
    low: [Double(Float(lowest)), -Double(Float(highestSpeed))],
    high: [Double(Float(highest)), Double(Float(highestSpeed))])
  /// The space of actions.
  public let actionSpace: Space = .discrete(3)

  private let stream: RandomStream
  private var state = (position: 0.0, velocity: 0.0)

  /// Makes a car whose initial states come from `generator`.
  public init(generator: RandomGenerator = .philox) throws(RandomnessError) {
    stream = try RandomStream(StreamKey(seed: 0, purpose: .environment), generator: generator)
  }

  /// Starts at rest, with position uniform in [−0.6, −0.4).
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    Require.count(observation.count, of: "observation", is: 2)
    stream.restart(at: key)
    state = (stream.uniform(from: -0.6, to: -0.4), 0)
    observe(into: &observation)
  }

  /// Integrates the physics over one unit of time; the wall at the left end stops the car.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Require.count(action.count, of: "action", is: 1)
    Require.count(observation.count, of: "observation", is: 2)
    let push = (Double(action[0]) - 1) * Self.force + cosine(3 * state.position) * -Self.gravity
    state.velocity = min(max(state.velocity + push, -Self.highestSpeed), Self.highestSpeed)
    state.position = min(max(state.position + state.velocity, Self.lowest), Self.highest)
    if state.position == Self.lowest, state.velocity < 0 { state.velocity = 0 }
    observe(into: &observation)
    return Step(reward: -1, end: state.position >= Self.goal && state.velocity >= 0 ? .terminated : nil)
  }

  private func observe(into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.position)
    observation[1] = Float(state.velocity)
  }
}

extension NativeEnvironment {
  /// The environment `native:mountain-car`.
  public static let mountainCar = NativeEnvironment(
    "mountain-car", help: "a car too weak for its hill, the physics of Gymnasium's MountainCar-v0, 200 steps",
    timeLimit: MountainCar.timeLimit,
    model: .simulated { generator throws(RandomnessError) in try MountainCar(generator: generator) })
}
