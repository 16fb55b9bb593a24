public import Randomness

/// An environment that shows its last few observations at once, the newest last.
///
/// An image [row × column × channel] has the channels of all of them, as convolutions want it; other observations
/// stand one after the other. An episode begins with its first observation everywhere. The mask is the newest one.
public final class FrameStack: EnvironmentWrapper {
  /// The observations that are shown.
  public let observationSpace: Space
  /// The environment that is shown.
  public let base: any Environment
  private let count: Int
  private let mask: Int
  /// Floats that move together: the channels of a pixel, or a whole observation.
  private let run: Int
  private var newest: [Float]
  /// What is shown, without the mask.
  private var stack: [Float]

  /// Shows the last `count` observations of `base`, at least one.
  public init(_ base: any Environment, count: Int) {
    self.base = base
    self.count = max(1, count)
    mask = base.maskSize
    let space = base.observationSpace
    run = space.image?.channels ?? max(1, space.flattenedSize)
    observationSpace = space.stacked(self.count)
    newest = Array(repeating: 0, count: base.observationSize)
    stack = Array(repeating: 0, count: observationSpace.flattenedSize)
  }

  /// Starts the episode of `key` below.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &newest)
    for frame in 0..<count { push(to: frame) }
    show(in: &observation)
  }

  /// Takes one action below; the oldest observation is dropped.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    let step = try base.step(action, into: &newest)
    let width = run * count
    for start in stride(from: 0, to: stack.count, by: width) {
      for k in start..<start + width - run { stack[k] = stack[k + run] }
    }
    push(to: count - 1)
    show(in: &observation)
    return step
  }

  /// Copies the newest observation to one frame of the stack.
  private func push(to frame: Int) {
    for (n, start) in stride(from: 0, to: stack.count, by: run * count).enumerated() {
      for k in 0..<run { stack[start + frame * run + k] = newest[n * run + k] }
    }
  }

  private func show(in observation: inout MutableSpan<Float>) {
    for k in stack.indices { observation[k] = stack[k] }
    for k in 0..<mask { observation[stack.count + k] = newest[newest.count - mask + k] }
  }
}
