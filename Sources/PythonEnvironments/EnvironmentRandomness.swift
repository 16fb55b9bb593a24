internal import CPython
public import Randomness

/// The source of a hosted environment's random numbers.
public enum EnvironmentRandomness: Sendable {
  /// The lane's GSL stream: a numpy Generator over it replaces the environment's `np_random`.
  case streams(RandomGenerator)
  /// The environment's own generator, seeded once for each lane by `reset(seed=…)`, as other tools do.
  case native

  /// The generator of the lane's stream; with `native`, the environment does not draw from it.
  var generator: RandomGenerator {
    if case .streams(let chosen) = self { chosen } else { .philox }
  }

  /// True if the environment draws from its own generator.
  var isNative: Bool {
    if case .native = self { true } else { false }
  }
}

extension RandomStream {
  /// The stream as C functions, through which hosted environments draw.
  ///
  /// The stream must outlive them.
  var hosted: cpython_source {
    let source = unsafe source
    return unsafe cpython_source(
      state: source.state, next_uint64: source.nextUInt64, next_uint32: source.nextUInt32,
      next_double: source.nextDouble, draw: source.draw)
  }
}
