public import AscentRandomness
internal import CAscentPython

/// The source of a hosted environment's random numbers.
public enum EnvironmentRandomness: Sendable {
  /// The lane's GSL stream: a numpy Generator over it replaces the environment's `np_random`.
  case streams(RandomGenerator)
  /// The environment's own generators, seeded by `reset(seed=…)` before each episode with a number of the lane's stream.
  case episodes(RandomGenerator)
  /// The environment's own generator, seeded once for each lane by `reset(seed=…)`, as other tools do.
  case native

  /// The generator of the lane's stream; with `native`, the environment does not draw from it.
  var generator: RandomGenerator {
    switch self {
    case .streams(let chosen), .episodes(let chosen): chosen
    case .native: .philox
    }
  }

  /// The name of the source, for the checks inside of Python.
  var name: String {
    switch self {
    case .streams: "streams"
    case .episodes: "episodes"
    case .native: "native"
    }
  }

  /// True if `np_random` draws from the lane's stream.
  var isStreams: Bool {
    if case .streams = self { true } else { false }
  }

  /// True if the environment draws from its own generators, and a seed determines each episode.
  var isEpisodes: Bool {
    if case .episodes = self { true } else { false }
  }

  /// True if the environment draws from its own generator, seeded once.
  var isNative: Bool {
    if case .native = self { true } else { false }
  }
}

extension RandomStream {
  /// The stream as C functions, through which hosted environments draw.
  ///
  /// The stream must outlive them.
  ///
  /// - Parameter feeding: true if generators that Gymnasium would seed from the operating system draw from the stream.
  /// - Returns: the functions, and the stream's handle.
  func hosted(feeding: Bool) -> cpython_source {
    let source = unsafe source
    return unsafe cpython_source(
      state: source.state, next_uint64: source.nextUInt64, next_uint32: source.nextUInt32,
      next_double: source.nextDouble, draw: source.draw, copy: source.copy, release: source.release,
      save: source.save, load: source.load, feeds: feeding ? 1 : 0)
  }
}
