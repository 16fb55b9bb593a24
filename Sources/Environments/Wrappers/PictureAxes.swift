public import AscentRandomness

/// A wrapper that states the order of the axes of pictures; the observations are unchanged.
///
/// Frame stacks, emissions and convolutions read the order from the space.
public final class PictureAxes: EnvironmentWrapper, ContractKeeper {
  /// The space of the wrapped environment, with the stated order.
  public let observationSpace: Space
  /// The wrapped environment.
  public let base: any Environment
  /// True if the wrapped environment is checked.
  public var keepsContract: Bool { base.isChecked }

  /// States the order of the axes of each leaf of the observations.
  public init(_ base: any Environment, _ axes: [Space.Axes]) {
    self.base = base
    var space = base.observationSpace
    for (k, order) in zip(space.leaves.indices, axes) { space.leaves[k].axes = order }
    observationSpace = space
  }

  /// Starts the episode of `key` in the wrapped environment.
  public func reset(
    _ key: StreamKey, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) {
    try base.reset(key, into: &observation)
  }

  /// Takes one step in the wrapped environment.
  public func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    try base.step(action, into: &observation)
  }
}
