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
  /// Floats that move together: the channels of a pixel, or a whole observation.
  private let run: Int
  private var newest: [Float]

  /// Shows the last `count` observations of `base`, at least one.
  public init(_ base: any Environment, count: Int) {
    self.base = base
    self.count = max(1, count)
    let space = base.observationSpace
    run = space.image?.channels ?? max(1, space.flattenedSize)
    observationSpace = space.stacked(self.count)
    newest = Array(repeating: 0, count: base.observationSize)
  }

  /// Starts the episode of `key` below.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &newest)
    for age in 0..<count { write(at: count - 1 - age, into: &observation) }
    writeMask(into: &observation)
  }

  /// Takes one action below; the oldest observation makes room.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    let step = try base.step(action, into: &newest)
    let width = run * count
    for start in stride(from: 0, to: observation.count - maskSize, by: width) {
      for k in start..<start + width - run { observation[k] = observation[k + run] }
    }
    write(at: count - 1, into: &observation)
    writeMask(into: &observation)
    return step
  }

  private func write(at place: Int, into observation: inout MutableSpan<Float>) {
    let width = run * count
    for (n, start) in stride(from: 0, to: observation.count - maskSize, by: width).enumerated() {
      for k in 0..<run { observation[start + place * run + k] = newest[n * run + k] }
    }
  }

  private func writeMask(into observation: inout MutableSpan<Float>) {
    let (to, from) = (observation.count - maskSize, newest.count - maskSize)
    for k in 0..<maskSize { observation[to + k] = newest[from + k] }
  }
}
