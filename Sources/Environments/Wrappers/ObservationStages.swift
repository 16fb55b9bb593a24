/// The stages from an environment's observation to the one that a policy receives: quantities are appended, and the
/// latest observations stacked.
public struct ObservationStages: Sendable {
  /// The observations of the environment, after its emissions.
  public let environment: Space
  /// The leaves that ``AlsoObserve`` appends.
  public let appended: [Space.Leaf]
  /// The stacks, in the order in which they are applied.
  public let stacks: [Stack]

  /// One ``FrameStack``.
  ///
  /// An observation is cut into runs; the nth run of a stack has the nth run of each frame, the newest last.
  public struct Stack: Sendable, Equatable {
    /// The number of frames.
    public let frames: Int
    /// The floats of one run: the channels of a pixel, or a whole observation.
    public let run: Int

    /// Makes a stack; both numbers are at least 1.
    public init(frames: Int, run: Int) { (self.frames, self.run) = (max(1, frames), max(1, run)) }
  }

  /// Looks through the wrappers of an environment, from the outside in.
  init(of wrapped: any Environment) {
    var (inner, stacks, appended) = (wrapped, [Stack](), [Space.Leaf]())
    while let stack = inner as? FrameStack {
      stacks.insert(stack.shape, at: 0)
      inner = stack.base
    }
    if let also = inner as? AlsoObserve {
      inner = also.base
      appended = Array(also.observationSpace.leaves.dropFirst(inner.observationSpace.leaves.count))
    }
    (environment, self.stacks, self.appended) = (inner.observationSpace, stacks, appended)
  }
}

extension Lanes {
  /// The stages of the observations, which are the same in every lane.
  public var observationStages: ObservationStages { ObservationStages(of: players[0].environment) }
}
