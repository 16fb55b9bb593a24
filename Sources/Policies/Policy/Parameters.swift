/// θ: one flat vector with named parts.
public struct Parameters: Sendable, Equatable {
  /// All numbers.
  public var values: [Float]
  /// Where each part lies.
  public let slices: [Slice]
  /// How many updates made them: trajectories remember which version acted.
  public var version = 0

  /// One named part.
  public struct Slice: Sendable, Equatable {
    /// Such as `actor.0.weight`.
    public let name: String
    /// Its extents, row-major; a weight is [inputs × outputs].
    public let shape: [Int]
    /// Its place in the vector.
    public let range: Range<Int>

    init(_ name: String, shape: [Int], at start: Int) {
      self.name = name
      self.shape = shape
      range = start..<start + shape.reduce(1, *)
    }
  }

  /// Makes a vector of zeros.
  init(slices: [Slice]) {
    self.slices = slices
    values = Array(repeating: 0, count: slices.last?.range.upperBound ?? 0)
  }
}
