public import Randomness

/// Which lanes of a configuration's environment are opened, and which streams they draw from.
public struct LaneRequest: Sendable {
  /// The seed of the streams.
  public var seed: UInt64
  /// The purpose of the streams.
  public var purpose: StreamKey.Purpose
  /// How many lanes there are.
  public var laneCount: Int
  /// The lanes whose environments this process opens.
  public var hosted: Range<Int>
  /// Whether neighboring lanes of a vector environment are stepped together; otherwise each is a vector of one.
  public var isInVectors: Bool

  /// The lanes of a training run; `hosted` are those of this process, nil for all.
  public static func training(_ configuration: Configuration, hosted: Range<Int>? = nil) -> LaneRequest {
    LaneRequest(
      seed: configuration.seed, purpose: .environment, laneCount: configuration.lanes,
      hosted: hosted ?? 0..<configuration.lanes, isInVectors: true)
  }

  /// Lanes on streams that training never uses.
  public static func evaluation(seed: UInt64, lanes: Int) -> LaneRequest {
    LaneRequest(
      seed: seed, purpose: .evaluationEnvironment, laneCount: lanes, hosted: 0..<lanes, isInVectors: false)
  }

  /// Lanes on the streams of training, each with an environment of its own.
  public static func trial(seed: UInt64, lanes: Int) -> LaneRequest {
    LaneRequest(seed: seed, purpose: .environment, laneCount: lanes, hosted: 0..<lanes, isInVectors: false)
  }
}
