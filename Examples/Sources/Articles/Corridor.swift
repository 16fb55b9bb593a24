import Ascent

/// A corridor of nine tiles: the walker starts on one of the first eight, slips in one of ten steps, and leaves at the right end.
///
/// The observation is the position, from 0 to 1; the actions are left and right. A step costs 1.
final class Corridor: Environment {
  let observationSpace: Space = .box(low: [0], high: [1])
  let actionSpace: Space = .discrete(2)

  private let stream: RandomStream
  private var position = 0

  init() throws(RandomnessError) {
    stream = try RandomStream(StreamKey(seed: 0, purpose: .environment))
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    stream.restart(at: key)
    position = Int(8 * stream.uniform())
    observation[0] = Float(position) / 8
  }

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    let goesRight = (action[0] == 1) != (stream.uniform() < 0.1)
    position = max(0, position + (goesRight ? 1 : -1))
    observation[0] = Float(position) / 8
    return Step(reward: -1, end: position == 8 ? .terminated : nil)
  }
}
