internal import AscentMathematics
public import AscentRandomness

/// A linear process with Gaussian noise, a noisy sensor and quadratic costs (LQG): its optimum is known.
///
///     s₁ ~ N(0, diag σ₁²),  s′ = A s + B a + w, w ~ N(0, diag σ²),  o = C s + v, v ~ N(0, ρ²)
///     r(s, a) = −(Σ Q(k) s(k)² + R a²)
///
/// The control a and the observation o are one number each.
public struct LinearGaussianProcess: Sendable, Equatable {
  /// A, [row × column].
  public var transition: [[Double]]
  /// B.
  public var control: [Double]
  /// σ of the process noise.
  public var noise: [Double]
  /// C.
  public var sensor: [Double]
  /// ρ.
  public var sensorNoise: Double
  /// Q.
  public var stateCost: [Double]
  /// R.
  public var controlCost: Double
  /// σ₁.
  public var initialDeviation: [Double]

  /// A mass that is pushed along a line; only its position is measured, with noise of standard deviation 0.3.
  public static let mass = LinearGaussianProcess(
    transition: [[1, 0.2], [0, 1]], control: [0.02, 0.2], noise: [0.01, 0.1], sensor: [1, 0],
    sensorNoise: 0.3, stateCost: [1, 0.1], controlCost: 0.1, initialDeviation: [1, 1])
  /// Ends the program unless all matrices and vectors have the same number of states.
  package func requireSizes() {
    let n = control.count
    Require.number(n, of: "number of states", from: 1)
    Require.count(transition.count, of: "rows of the transition matrix", is: n, "one for each control")
    for row in transition { Require.count(row.count, of: "row of the transition matrix", is: n) }
    for vector in [noise, sensor, stateCost, initialDeviation] {
      Require.count(
        vector.count, of: "noise, the sensor, the state cost and the initial deviation", is: n,
        "one for each control")
    }
  }

  /// The number of steps after which `native:linear-gaussian` truncates.
  public static let massTimeLimit = 50
}

/// The environment of a ``LinearGaussianProcess``.
///
/// Initial states, transitions and emissions have separate streams.
public final class LinearGaussianEnvironment: Environment, HiddenState, RandomTransitions, RandomEmissions {
  /// The space of o, one number.
  public let observationSpace = Space.box(low: [-.infinity], high: [.infinity])
  /// The space of a, one number.
  public let actionSpace = Space.box(low: [-.infinity], high: [.infinity])
  /// The current state of the process, which the policy does not observe.
  public private(set) var state: [Double]
  /// The current state in single precision.
  public var hiddenState: [Float]? { state.map { Float($0) } }

  private let process: LinearGaussianProcess
  private let transitions: RandomStream
  private let emissions: RandomStream
  private var next: [Double]

  /// Makes an environment from the matrices.
  ///
  /// - Throws: ``RandomnessError`` when the generator cannot be opened.
  public init(
    _ process: LinearGaussianProcess, generator: RandomGenerator = .philox
  ) throws(RandomnessError) {
    process.requireSizes()
    self.process = process
    transitions = try RandomStream(StreamKey(seed: 0, purpose: .environment), generator: generator)
    emissions = try RandomStream(StreamKey(seed: 0, purpose: .emissions), generator: generator)
    state = process.initialDeviation.map { _ in 0 }
    next = state
  }

  /// Restarts the stream of emissions at `key`.
  public func drawEmissions(from key: StreamKey) { emissions.restart(at: key) }

  /// Restarts the stream of transitions at `key`; the stream of emissions is unchanged.
  public func drawTransitions(from key: StreamKey) { transitions.restart(at: key) }

  /// Draws s₁ and o₁.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    Require.count(observation.count, of: "observation", is: 1)
    transitions.restart(at: key)
    for k in state.indices { state[k] = process.initialDeviation[k] * transitions.standardNormal() }
    measure(into: &observation)
  }

  /// Draws s′ and o′; the reward depends on s and a.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Require.count(action.count, of: "action", is: 1)
    Require.count(observation.count, of: "observation", is: 1)
    let a = Double(action[0])
    var cost = process.controlCost * a * a
    for k in state.indices {
      cost += process.stateCost[k] * state[k] * state[k]
      next[k] = process.control[k] * a + process.noise[k] * transitions.standardNormal()
      for j in state.indices { next[k] += process.transition[k][j] * state[j] }
    }
    swap(&state, &next)
    measure(into: &observation)
    return Step(reward: -cost, end: nil)
  }

  private func measure(into observation: inout MutableSpan<Float>) {
    var o = process.sensorNoise * emissions.standardNormal()
    for k in state.indices { o += process.sensor[k] * state[k] }
    observation[0] = Float(o)
  }
}

extension NativeEnvironment {
  /// The environment `native:linear-gaussian`.
  public static let linearGaussian = NativeEnvironment(
    "linear-gaussian", help: "a mass to move to the origin, its position measured with noise, 50 steps",
    timeLimit: LinearGaussianProcess.massTimeLimit,
    model: .linearGaussian(.mass))
}
