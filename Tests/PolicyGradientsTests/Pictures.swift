import AscentEnvironments
import AscentRandomness

/// Stacks of two frames whose numbers are drawn; the first action is rewarded where the first number is large.
///
/// It is trusted with its numbers, since one of them may be outside of the space, as after an emission.
final class Pictures: Environment, ContractKeeper {
  let observationSpace: Space
  let actionSpace = Space.discrete(2)
  let keepsContract = true
  /// The step of each episode whose first number is no byte; nil for none.
  private let other: Int?
  private let stream: RandomStream
  private var time = 0
  private var first: Float = 0
  /// The newest frame.
  private var frame: [Float]

  init(_ element: Space.Element, side: Int = 16, other: Int?) throws {
    frame = Array(repeating: 0, count: side * side)
    let count = 2 * side * side
    observationSpace = Space(
      .box(
        shape: [side, side, 2], low: Array(repeating: 0, count: count),
        high: Array(repeating: 255, count: count),
        element: element))
    self.other = other
    stream = try RandomStream(StreamKey(seed: 1, purpose: .environment))
  }

  private func show(_ observation: inout MutableSpan<Float>) {
    for (pixel, older) in frame.enumerated() {
      frame[pixel] = Float(stream.nextUInt32() >> 24)
      observation[2 * pixel] = time == 0 ? frame[pixel] : older
      observation[2 * pixel + 1] = frame[pixel]
    }
    if time == other { observation[0] = 100.5 }
    first = observation[0]
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) {
    stream.restart(at: key)
    time = 0
    show(&observation)
  }

  func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
    let reward = (action[0] == 0) == (first > 127) ? 1.0 : 0
    time += 1
    show(&observation)
    return Step(reward: reward, end: time == 11 ? .terminated : nil)
  }
}
