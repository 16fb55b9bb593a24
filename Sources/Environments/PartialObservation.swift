public import Randomness

/// An environment seen through emissions: the policy is shown o ~ p(o∣s) in the place of what the environment shows.
///
/// Draws come from a stream of the lane's own, so that neither initial states nor transitions change with them. A
/// mask of allowed actions passes unchanged.
public final class PartialObservation: EnvironmentWrapper {
  /// The observations that are shown.
  public let observationSpace: Space
  /// The environment that is seen.
  public let base: any Environment
  private let layers: [EmissionLayer]
  private let stream: RandomStream
  private var below: [Float]
  private var features: [Float]
  private var delays: [Delay]

  /// Lays `emissions` over `base`, the first one first, in episodes of at most `horizon` steps.
  ///
  /// - Throws: ``EmissionError`` when one does not fit what it finds.
  public init(
    _ base: any Environment, _ emissions: [Emission], horizon: Int?, generator: RandomGenerator = .philox
  ) throws(PartialObservationError) {
    self.base = base
    var space = base.observationSpace
    var layers: [EmissionLayer] = []
    var delays: [Delay] = []
    for emission in emissions {
      do throws(EmissionError) {
        let layer = try EmissionLayer(emission, over: space, horizon: horizon)
        layers.append(layer)
        delays.append(Delay(layer.delay, width: space.flattenedSize))
        space = layer.output
      } catch {
        throw .emission(error)
      }
    }
    (self.layers, self.delays, observationSpace) = (layers, delays, space)
    do throws(RandomnessError) {
      stream = try RandomStream(StreamKey(seed: 0, purpose: .laidEmissions), generator: generator)
    } catch {
      throw .randomness(error)
    }
    below = Array(repeating: 0, count: base.observationSize)
    features = below
  }

  /// Emissions below and here come from streams of this seed, lane and episode.
  public func emit(from key: StreamKey) {
    var own = key
    own.purpose = key.purpose == .emissions ? .laidEmissions : .evaluationLaidEmissions
    stream.restart(at: own)
    base.emit(from: key)
  }

  /// Starts the episode of `key` below, and draws o₁.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &below)
    for k in delays.indices { delays[k].isEmpty = true }
    emit(into: &observation)
  }

  /// Takes one action below, and draws o′.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    let step = try base.step(action, into: &below)
    emit(into: &observation)
    return step
  }

  /// log p(o∣s) where s is what the environment shows, both without mask.
  ///
  /// Nil where it is not known: two emissions are drawn one upon the other, or the last one has no density.
  public func logDensity(of observation: [Float], given state: [Float]) -> Double? {
    guard let last = layers.last, layers.dropLast().allSatisfy({ $0.isDeterministic && $0.delay == 0 })
    else { return nil }
    var s = state
    for layer in layers.dropLast() {
      layer.emit(&s, from: stream)
      s.removeLast(s.count - layer.output.flattenedSize)
    }
    return last.logDensity(of: observation, given: s)
  }

  private func emit(into observation: inout MutableSpan<Float>) {
    for k in below.indices { features[k] = below[k] }
    for (k, layer) in layers.enumerated() {
      layer.emit(&features, from: stream)
      if layer.delay > 0 { delays[k].exchange(&features) }
    }
    let shown = observation.count - maskSize
    for k in 0..<shown { observation[k] = features[k] }
    for k in 0..<maskSize { observation[shown + k] = below[below.count - maskSize + k] }
  }

  /// The features of the last steps, in a ring.
  private struct Delay {
    let steps: Int
    let width: Int
    var isEmpty = true
    private var ring: [Float]
    private var oldest = 0

    init(_ steps: Int, width: Int) {
      (self.steps, self.width) = (steps, width)
      ring = Array(repeating: 0, count: steps * width)
    }

    /// Keeps the newest features and gives the oldest ones in their place.
    mutating func exchange(_ features: inout [Float]) {
      if isEmpty {
        for k in ring.indices { ring[k] = features[k % width] }
        (isEmpty, oldest) = (false, 0)
      }
      for k in 0..<width {
        (features[k], ring[oldest * width + k]) = (ring[oldest * width + k], features[k])
      }
      oldest = (oldest + 1) % steps
    }
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
