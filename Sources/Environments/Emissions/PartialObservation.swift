internal import AscentMathematics
public import AscentRandomness

/// A wrapper with emissions: the policy receives o ~ p(o∣s), where s is the observation of the wrapped environment.
///
/// The draws come from a separate stream of the lane, so they change neither initial states nor transitions. A mask of
/// allowed actions is not changed.
public final class PartialObservation: EnvironmentWrapper, HiddenState, RandomEmissions,
  ContractKeeper
{
  /// The space of o.
  public let observationSpace: Space
  /// The wrapped environment.
  public let base: any Environment
  /// True if the wrapped environment is checked; what the emissions write always is.
  public var keepsContract: Bool { base.isChecked }
  private let stream: RandomStream
  private var chain: EmissionChain
  private let size: Int
  /// The last observation of the wrapped environment, if it is stored.
  private var unseen: [Float]?
  /// The key of the current episode and its number of steps, for the location of a fault.
  private var key = StreamKey(seed: 0, purpose: .environment)
  private var steps = 0

  /// Applies `emissions` to the observations of `base`, in this order, in episodes of at most `horizon` steps.
  ///
  /// - Throws: ``PartialObservationError`` when one does not fit its input, or the generator cannot be opened.
  public init(
    _ base: any Environment, _ emissions: [Emission], horizon: Int?, generator: RandomGenerator = .philox
  ) throws(PartialObservationError) {
    self.base = base
    do throws(EmissionError) {
      chain = try EmissionChain(
        emissions, over: base.observationSpace, maskSize: base.maskSize, horizon: horizon)
    } catch {
      throw .emission(error)
    }
    (observationSpace, size) = (chain.output, chain.output.flattenedSize + base.maskSize)
    do throws(RandomnessError) {
      stream = try RandomStream(StreamKey(seed: 0, purpose: .laidEmissions), generator: generator)
    } catch {
      throw .randomness(error)
    }
  }

  /// The last observation of the wrapped environment, before the emissions, if it is stored.
  public var hiddenState: [Float]? { unseen }

  /// Stores the observation of the wrapped environment at each step from now on.
  public func keepHiddenState() {
    unseen = Array(repeating: 0, count: base.observationSpace.flattenedSize)
  }

  /// Restarts the stream of these emissions at the seed, lane and episode of `key`.
  public func drawEmissions(from key: StreamKey) {
    var own = key
    own.purpose = key.purpose.ofLaidEmissions
    stream.restart(at: own)
  }

  /// Starts the episode of `key` in the wrapped environment, and draws o₁.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &chain.features)
    chain.begin()
    recordHiddenState()
    (self.key, steps) = (key, 0)
    try emit(into: &observation)
  }

  /// Takes one step in the wrapped environment, and draws o′.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    let step = try base.step(action, into: &chain.features)
    recordHiddenState()
    steps += 1
    try emit(into: &observation)
    return step
  }

  private func emit(into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    Require.count(observation.count, of: "observation", is: size, "the environment's observationSize")
    guard let fault = chain.emit(into: &observation, from: stream) else { return }
    throw EnvironmentError(
      lane: Int(key.lane), episode: Int(key.episode), step: steps, seed: key.seed, fault: fault)
  }

  private func recordHiddenState() {
    guard let count = unseen?.count else { return }
    unseen = Array(chain.features[..<count])
  }

  /// Returns log p(o∣s), where s is an observation of the wrapped environment; both are without mask.
  ///
  /// Nil if it is unknown: an emission before the last one is not a function of s, or the last one has no density.
  public func logDensity(of observation: [Float], given state: [Float]) -> Double? {
    chain.logDensity(of: observation, given: state, stream)
  }
}

/// The error of an environment that cannot be observed through emissions.
public enum PartialObservationError: Error, Equatable, CustomStringConvertible {
  /// An emission does not fit.
  case emission(EmissionError)
  /// The generator cannot be opened.
  case randomness(RandomnessError)

  /// One sentence.
  public var description: String {
    switch self {
    case .emission(let error): "\(error)"
    case .randomness(let error): "\(error)"
    }
  }
}
