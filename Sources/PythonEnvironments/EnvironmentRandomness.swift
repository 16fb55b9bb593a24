internal import CPython
public import Randomness

/// Where a hosted environment's random numbers come from.
public enum EnvironmentRandomness: Sendable {
  /// From the lane's GSL stream: a numpy Generator over it replaces the environment's `np_random`.
  case streams(RandomGenerator)
  /// From the environment's own generator, seeded by `reset(seed=…)` once for each lane, as other tools do.
  case native

  /// The generator of the lane's stream; under `native` the environment does not draw from it.
  var generator: RandomGenerator {
    if case .streams(let chosen) = self { chosen } else { .philox }
  }

  /// Whether the environment draws from its own generator.
  var isNative: Bool {
    if case .native = self { true } else { false }
  }
}

extension RandomStream {
  /// The stream as C functions that hosted environments draw through.
  ///
  /// The stream must outlive them.
  var hosted: cpython_source {
    let source = unsafe source
    return unsafe cpython_source(
      state: source.state, next_uint64: source.nextUInt64, next_uint32: source.nextUInt32,
      next_double: source.nextDouble, draw: source.draw)
  }
}
