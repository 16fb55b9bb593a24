import Ascent

/// A craft that has to come to rest at a dock: a double integrator on a line with a thruster and random gusts.
///
/// Observations are the position x and the speed v; the action is the thrust u in [−1, 1]. A step pays 1 − |x| − 0.5 |v|, and an episode
/// terminates when the craft is more than 3 away. The longest episode has 60 steps.
final class Docking: Environment {
  static let timeLimit = 60

  let observationSpace: Space = .box(low: [-.infinity, -.infinity], high: [.infinity, .infinity])
  let actionSpace: Space = .box(low: [-1], high: [1])

  private let stream: RandomStream
  private var (x, v) = (0.0, 0.0)

  init(generator: RandomGenerator = .philox) throws(RandomnessError) {
    stream = try RandomStream(StreamKey(seed: 0, purpose: .environment), generator: generator)
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    stream.restart(at: key)
    x = stream.uniform(from: -1.5, to: 1.5)
    v = 0
    observe(into: &observation)
  }

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    v += 0.1 * Double(action[0]) + 0.01 * stream.standardNormal()
    x += 0.2 * v
    observe(into: &observation)
    return Step(reward: 1 - abs(x) - 0.5 * abs(v), end: abs(x) > 3 ? .terminated : nil)
  }

  private func observe(into observation: inout MutableSpan<Float>) {
    observation[0] = Float(x)
    observation[1] = Float(v)
  }
}

extension NativeEnvironment {
  /// `native:docking`.
  static let docking = NativeEnvironment(
    "docking", help: "a craft that has to come to rest at a dock, 60 steps", timeLimit: Docking.timeLimit,
    model: .simulated { generator throws(RandomnessError) in try Docking(generator: generator) })
}
