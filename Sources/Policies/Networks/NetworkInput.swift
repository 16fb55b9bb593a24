extension Network {
  /// A group of neighboring features of an observation.
  public struct Input: Sendable, Equatable {
    /// The kind of the features.
    public var kind: Kind
    /// The initial factor that the features are multiplied by: 1/255 for bytes of a picture.
    public var scale: Float

    /// The kinds of features.
    public enum Kind: Sendable, Equatable {
      /// Numbers, which the first affine layer multiplies.
      case numbers(Int)
      /// An image, to which convolutions are applied.
      case image(Image)
      /// One of `count` choices as one number: its index, or a negative number for none of them.
      ///
      /// It has the effect of a one-hot vector of `count` numbers, without their memory and multiplications.
      case index(count: Int)
    }

    /// Makes a group of features.
    public init(_ kind: Kind, scale: Float = 1) { (self.kind, self.scale) = (kind, scale) }

    /// The number of features in a row of observations.
    public var columns: Int {
      switch kind {
      case .numbers(let count): count
      case .image(let image): image.size
      case .index: 1
      }
    }

    /// The number of features that an affine layer multiplies.
    public var width: Int {
      guard case .index(let count) = kind else { return columns }
      return count
    }

    /// True for one of several choices as one number.
    public var isIndex: Bool {
      guard case .index = kind else { return false }
      return true
    }

    /// Checks its sizes and its scale.
    func check() throws(PolicyError) {
      guard scale.isFinite, scale > 0 else {
        throw .number(what: "scale of an input", found: Double(scale), allowed: "finite and above 0")
      }
      switch kind {
      case .numbers(let count), .index(let count):
        guard (1...Image.largest).contains(count) else {
          throw .size(what: "number of features of an input", found: count, allowed: "from 1 to 16,777,216")
        }
      case .image(let image): try image.check()
      }
    }

    /// The image, if the features are one.
    var image: Image? {
      guard case .image(let image) = kind else { return nil }
      return image
    }
  }

  /// The shape of an image, [row × column × channel].
  public struct Image: Sendable, Equatable {
    /// The extents.
    public var height, width, channels: Int
    /// The number of planes [row × column × some channels] that observations consist of.
    ///
    /// 1 for [row × column × channel], and `channels` for [channel × row × column].
    public var planes: Int

    /// Makes an image shape.
    public init(height: Int, width: Int, channels: Int, planes: Int = 1) {
      (self.height, self.width, self.channels, self.planes) = (height, width, channels, planes)
    }

    /// The number of floats.
    public var size: Int { height * width * channels }

    /// The largest extent, and the largest number of floats.
    static let largest = 16_777_216

    /// Checks the extents.
    func check() throws(PolicyError) {
      for extent in [height, width, channels] where !(1...Self.largest).contains(extent) {
        throw .size(what: "extent of an image", found: extent, allowed: "from 1 to 16,777,216")
      }
      guard height * width <= Self.largest / channels else {
        throw .size(
          what: "number of pixels of an image with \(channels) channels", found: height * width,
          allowed: "at most \(Self.largest / channels)")
      }
      guard planes > 0, channels % planes == 0 else {
        throw .size(
          what: "number of planes of an image", found: planes, allowed: "1, or its \(channels) channels")
      }
    }
  }

  /// One convolution without padding.
  public struct Convolution: Sendable, Equatable {
    /// The number of filters, the side length of their square and the stride.
    public var filters, side, stride: Int

    /// Makes a convolution.
    public init(filters: Int, side: Int, stride: Int) {
      (self.filters, self.side, self.stride) = (filters, side, stride)
    }
  }
}
