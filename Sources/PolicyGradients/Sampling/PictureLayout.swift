package import AscentEnvironments
internal import AscentPolicies

/// The planes that an observation of bytes consists of: the channels or frames of a picture, or all of its numbers as one.
struct PictureLayout: Sendable, Equatable {
  /// The number of planes.
  let planes: Int
  /// The number of numbers of a plane.
  let pixels: Int
  /// True if the planes' numbers of each pixel are side by side, false if one plane comes after the other.
  let isInterleaved: Bool

  /// The size of a plane from which on it takes less memory to find planes that are equal than to store them again.
  private static let smallest = 256

  /// Observations of one plane.
  init(size: Int) { self.init(planes: 1, pixels: size, isInterleaved: false) }

  private init(planes: Int, pixels: Int, isInterleaved: Bool) {
    (self.planes, self.pixels, self.isInterleaved) = (planes, pixels, isInterleaved)
  }

  /// The planes of a space: more than one if it is one picture of a few channels or frames that are not tiny.
  init(_ space: Space) {
    let size = space.flattenedSize
    guard space.leaves.count == 1, let picture = space.leaves[0].picture else {
      self.init(size: size)
      return
    }
    let isFirst = picture.axes == .channelsFirst
    let (frames, channels) = (picture.frames ?? 1, picture.channels)
    let planes = picture.frames == nil || isFirst ? frames * channels : frames
    guard (2...PicturePlanes.most).contains(planes), size / planes >= Self.smallest else {
      self.init(size: size)
      return
    }
    self.init(
      planes: planes, pixels: size / planes, isInterleaved: picture.frames == nil && !isFirst)
  }
}

extension Rollout {
  /// The bytes that a rollout of some lanes has for an observation, if each has `frames` of which only one is new.
  package static func observationBytes(in lanes: Lanes, stacking frames: Int = 1) -> Int {
    guard lanes.haveBytes else { return lanes.observationSize * MemoryLayout<Float>.size }
    let isShared = PictureLayout(lanes.observationSpace).planes > 1
    return lanes.observationSize / (isShared ? max(1, frames) : 1)
  }
}
