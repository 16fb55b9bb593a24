internal import AscentMathematics
public import AscentRandomness

/// A wrapper that stacks the last few observations, the newest last.
///
/// Images are stacked along their channels, which may be their first or their last axis; other observations are
/// concatenated. At the start of an episode, every frame is its first observation. The mask is the newest one.
public final class FrameStack: EnvironmentWrapper, ContractKeeper {
  /// The space of the stacked observations.
  public let observationSpace: Space
  /// The wrapped environment.
  public let base: any Environment
  /// True if the wrapped environment is checked.
  public var keepsContract: Bool { base.isChecked }
  private let count: Int
  private let mask: Int
  /// The number of consecutive floats that shift together: the channels of a pixel, or a whole observation.
  private let run: Int
  /// The number of frames, and the floats of one run.
  var shape: ObservationStages.Stack { ObservationStages.Stack(frames: count, run: run) }
  private var newest: [Float]
  /// The stacked observations, without the mask.
  private var stack: [Float]

  /// Stacks the last `count` observations of `base`, at least one.
  public init(_ base: any Environment, count: Int) {
    self.base = base
    self.count = max(1, count)
    mask = base.maskSize
    let space = base.observationSpace
    let channels = space.leaves.first?.axes == .channelsLast ? space.image?.channels : nil
    run = channels ?? max(1, space.flattenedSize)
    observationSpace = space.stacked(self.count)
    newest = Array(repeating: 0, count: base.observationSize)
    stack = Array(repeating: 0, count: observationSpace.flattenedSize)
  }

  /// Starts the episode of `key` in the wrapped environment.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &newest)
    for frame in 0..<count { push(to: frame) }
    show(in: &observation)
  }

  /// Takes one step in the wrapped environment and drops the oldest observation.
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

  /// Copies the newest observation into one frame of the stack.
  private func push(to frame: Int) {
    for (n, start) in stride(from: 0, to: stack.count, by: run * count).enumerated() {
      for k in 0..<run { stack[start + frame * run + k] = newest[n * run + k] }
    }
  }

  private func show(in observation: inout MutableSpan<Float>) {
    Require.count(
      observation.count, of: "observation", is: stack.count + mask, "the environment's observationSize")
    for k in stack.indices { observation[k] = stack[k] }
    for k in 0..<mask { observation[stack.count + k] = newest[newest.count - mask + k] }
  }
}
