extension Space {
  /// The order of the axes of a box that is a picture.
  public enum Axes: Hashable, Sendable {
    /// [row × column × channel], the order of Gymnasium's pictures.
    case channelsLast
    /// [channel × row × column], the order of PyTorch's convolutions.
    case channelsFirst
  }

  /// The size of a space that is one picture; nil for others.
  public var image: (height: Int, width: Int, channels: Int)? {
    guard leaves.count == 1, let picture = leaves[0].picture, picture.frames == nil else { return nil }
    return (picture.height, picture.width, picture.channels)
  }

  /// Returns the space of `count` elements together; the channels of images are concatenated.
  package func stacked(_ count: Int) -> Space {
    guard let image, case .box(_, let low, let high, let element) = leaves[0].kind else {
      return Space(
        leaves: (0..<count).flatMap { frame in
          leaves.map { leaf in
            var copy = leaf
            copy.path = leaf.path.isEmpty ? "\(frame)" : "\(frame).\(leaf.path)"
            return copy
          }
        })
    }
    let isFirst = leaves[0].axes == .channelsFirst
    let run = isFirst ? low.count : image.channels
    func repeated(_ bounds: [Double]) -> [Double] {
      stride(from: 0, to: bounds.count, by: max(1, run)).flatMap { start in
        (0..<count).flatMap { _ in bounds[start..<start + run] }
      }
    }
    let channels = image.channels * count
    var leaf = Leaf(
      kind: .box(
        shape: isFirst ? [channels, image.height, image.width] : [image.height, image.width, channels],
        low: repeated(low), high: repeated(high), element: element))
    leaf.axes = leaves[0].axes
    return Space(leaves: [leaf])
  }
}

extension Space {
  /// True if every number of a flattened element is a whole number from 0 to 255: all leaves are boxes of bytes.
  public var isBytes: Bool {
    leaves.allSatisfy { leaf in
      guard case .box(_, let low, let high, .uint8) = leaf.kind else { return false }
      return low.allSatisfy { $0 >= 0 } && high.allSatisfy { $0 <= 255 }
    }
  }
}

/// The extents of a picture, or of several pictures of one size.
public struct Picture: Hashable, Sendable {
  /// The number of pictures that the first of four axes counts; nil if there are fewer axes.
  public let frames: Int?
  /// The extents of each picture.
  public let height, width, channels: Int
  /// The order of its axes.
  public let axes: Space.Axes
  /// True for a picture [row × column], which has no axis for channels.
  public let isFlat: Bool
}

extension Space.Leaf {
  /// The box as a picture: [row × column] with one channel, three axes, or four of which the first counts pictures.
  ///
  /// Nil if the leaf is no box of two to four axes.
  public var picture: Picture? {
    guard case .box(let shape, _, _, _) = kind, (2...4).contains(shape.count) else { return nil }
    guard shape.count > 2 else {
      return Picture(
        frames: nil, height: shape[0], width: shape[1], channels: 1, axes: .channelsLast,
        isFlat: true)
    }
    let (frames, own) = (shape.count == 4 ? shape[0] : nil, Array(shape.suffix(3)))
    switch axes {
    case .channelsLast:
      return Picture(
        frames: frames, height: own[0], width: own[1], channels: own[2], axes: axes,
        isFlat: false)
    case .channelsFirst:
      return Picture(
        frames: frames, height: own[1], width: own[2], channels: own[0], axes: axes,
        isFlat: false)
    }
  }

  /// The probable order of the axes of a box with three or four axes; nil for other leaves.
  ///
  /// Channels come first if the first extent is at most 16 and less than both others, and the last one is more than 16
  /// or equal to the second, as in 3×24×32 and in 4×10×10. `isCertain` is false if neither the first nor the last
  /// extent is such a number of channels, or if both may be.
  public var likelyAxes: (axes: Space.Axes, isCertain: Bool)? {
    guard case .box(let shape, _, _, _) = kind, shape.count == 3 || shape.count == 4 else { return nil }
    let own = Array(shape.suffix(3))
    let (first, second, third) = (own[0], own[1], own[2])
    if first <= Self.mostChannels, first < min(second, third) {
      if third > Self.mostChannels || second == third { return (.channelsFirst, true) }
      return (.channelsLast, false)
    }
    return (.channelsLast, third <= Self.mostChannels && third < min(first, second))
  }

  /// The largest number of channels that is recognized as one: four colors of four frames.
  private static let mostChannels = 16

  /// True for a picture of more than 1024 numbers, which is slow without convolutions.
  public var isLargePicture: Bool {
    guard let picture else { return false }
    return min(picture.height, picture.width) >= 16 && kind.flattenedSize > 1024
  }

  /// The factor that scales a picture of bytes to 0…1, or 1 for any other leaf: 1 / the largest number of the space.
  public var pictureScale: Float {
    guard picture != nil, case .box(_, _, let high, .uint8) = kind, let largest = high.max(), largest > 1
    else { return 1 }
    return 1 / Float(largest)
  }
}
