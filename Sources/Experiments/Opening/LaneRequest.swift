package import AscentEnvironments
public import AscentRandomness

/// The lanes of a configuration's environment to open, and the random streams that they draw from.
public struct LaneRequest: Sendable {
  /// The seed of the streams.
  public var seed: UInt64
  /// The purpose of the streams.
  public var purpose: StreamKey.Purpose
  /// The number of lanes in all processes.
  public var laneCount: Int
  /// The lanes whose environments this process opens.
  public var hosted: Range<Int>
  /// True if neighboring lanes of a vector environment are stepped together; otherwise each lane is a vector of one.
  public var isInVectors: Bool
  /// The way in which the environments draw themselves; nil if they do not.
  package var rendering: Rendering?

  /// The lanes of a training run; `hosted` are the lanes of this process, nil for all.
  public static func training(_ configuration: Configuration, hosted: Range<Int>? = nil) -> LaneRequest {
    LaneRequest(
      seed: configuration.seed, purpose: .environment, laneCount: configuration.lanes,
      hosted: hosted ?? 0..<max(0, configuration.lanes), isInVectors: true)
  }

  /// Lanes for evaluation, on streams that training never uses.
  public static func evaluation(seed: UInt64, lanes: Int) -> LaneRequest {
    LaneRequest(
      seed: seed, purpose: .evaluationEnvironment, laneCount: lanes, hosted: 0..<max(0, lanes),
      isInVectors: false)
  }

  /// One lane for the evaluations of a run while it is made, on streams that neither training nor `ascent evaluate` uses.
  ///
  /// - Throws: ``ExperimentError`` when the generator cannot be opened.
  static func interim(_ configuration: Configuration) throws(ExperimentError) -> LaneRequest {
    var seed = configuration.seed
    if configuration.environmentRandomness == .native {
      // The environment's own generator gets the seed itself, which must not be that of a lane of the run.
      let key = StreamKey(seed: seed, purpose: .interimEnvironment, episode: UInt32.max)
      do {
        seed = UInt64(try RandomStream(key, generator: configuration.generator).nextUInt32() >> 1)
      } catch {
        throw ExperimentError(error)
      }
    }
    return LaneRequest(
      seed: seed, purpose: .interimEnvironment, laneCount: 1, hosted: 0..<1, isInVectors: false)
  }

  /// Lanes on the streams of training, each with its own environment.
  public static func trial(seed: UInt64, lanes: Int) -> LaneRequest {
    LaneRequest(
      seed: seed, purpose: .environment, laneCount: lanes, hosted: 0..<max(0, lanes), isInVectors: false)
  }
}
