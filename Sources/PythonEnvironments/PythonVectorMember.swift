internal import AscentEnvironments
internal import AscentRandomness

/// One environment of a vector.
///
/// A vector of one environment is stepped and reset by its only member, like any other environment.
final class PythonVectorMember: Environment, VectorMember, StateKeeper, RandomTransitions, LockHolder,
  NoticeGiver, ContractKeeper
{
  private let vector: PythonVector
  private let row: Int

  init(_ vector: PythonVector, _ row: Int) { (self.vector, self.row) = (vector, row) }

  private var isAlone: Bool { vector.count == 1 }

  var observationSpace: Space { vector.hosted.observationSpace }
  var actionSpace: Space { vector.hosted.actionSpace }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    if isAlone { try vector.restart(key, following: key) }
    try vector.begin(row, into: &observation)
  }

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    if isAlone {
      vector.prepare(row, action)
      try vector.advance()
    }
    return vector.outcome(row, into: &observation)
  }

  // MARK: Roles

  var keepsContract: Bool { true }

  func prepare(_ action: Span<Float>) { vector.prepare(row, action) }

  var isWaiting: Bool { !isAlone && vector.isWaiting(row) }

  func drawTransitions(from key: StreamKey) {
    if isAlone { vector.hosted.draw(from: key) }
  }

  var keepsState: Bool { vector.keepsState }

  func state(before key: StreamKey) throws(EnvironmentError) -> [UInt8] { try vector.state(before: key) }

  func restore(_ state: [UInt8], before key: StreamKey) throws(EnvironmentError) {
    try vector.restore(state, before: key)
  }

  /// Returns the notices of the vector; the first member that is asked has them all.
  func takeNotices() -> [Notice] { vector.hosted.takeNotices() }

  func withLock<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try vector.hosted.interpreter.withLock(body)
  }
}
