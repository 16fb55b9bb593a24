// An environment that names no action space is none.
// expect: type 'Spaceless' does not conform to protocol 'Environment'
import AscentEnvironments
import AscentRandomness

final class Spaceless: Environment {
  let observationSpace = Space.discrete(2)

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {}

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Step(reward: 0, end: nil)
  }
}
