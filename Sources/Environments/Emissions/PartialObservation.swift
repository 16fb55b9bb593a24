public import Randomness

/// An environment seen through emissions: the policy is shown o ~ p(o∣s) in the place of what the environment shows.
///
/// Draws come from a stream of the lane's own, so that neither initial states nor transitions change with them. A
/// mask of allowed actions passes unchanged.
public final class PartialObservation: EnvironmentWrapper, HiddenState, RandomEmissions {
  /// The observations that are shown.
  public let observationSpace: Space
  /// The environment that is seen.
  public let base: any Environment
  private let stream: RandomStream
  private var chain: EmissionChain
  /// What the environment showed last, when it is kept.
  private var unseen: [Float]?

  /// Lays `emissions` over `base`, the first one first, in episodes of at most `horizon` steps.
  ///
  /// - Throws: ``PartialObservationError`` when one does not fit what it finds, or the generator cannot be opened.
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
    observationSpace = chain.output
    do throws(RandomnessError) {
      stream = try RandomStream(StreamKey(seed: 0, purpose: .laidEmissions), generator: generator)
    } catch {
      throw .randomness(error)
    }
  }

  /// The observation of the environment inside, before the emissions, if it is kept.
  public var hiddenState: [Float]? { unseen }

  /// Copies the observation of the environment inside at each step from now on.
  public func keepHiddenState() {
    unseen = Array(repeating: 0, count: base.observationSpace.flattenedSize)
  }

  /// Draws these emissions from a stream of their own, of the seed, lane and episode of `key`.
  public func drawEmissions(from key: StreamKey) {
    var own = key
    own.purpose = key.purpose == .emissions ? .laidEmissions : .evaluationLaidEmissions
    stream.restart(at: own)
  }

  /// Starts the episode of `key` below, and draws o₁.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &chain.features)
    chain.begin()
    keep()
    chain.emit(into: &observation, from: stream)
  }

  /// Takes one action below, and draws o′.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    let step = try base.step(action, into: &chain.features)
    keep()
    chain.emit(into: &observation, from: stream)
    return step
  }

  private func keep() {
    guard let count = unseen?.count else { return }
    unseen = Array(chain.features[..<count])
  }

  /// log p(o∣s) where s is what the environment shows, both without mask.
  ///
  /// Nil where it is not known: two emissions are drawn one upon the other, or the last one has no density.
  public func logDensity(of observation: [Float], given state: [Float]) -> Double? {
    chain.logDensity(of: observation, given: state, stream)
  }
}

/// Why an environment cannot be seen through emissions.
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
