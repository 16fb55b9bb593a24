/// The parameters θ: one flat vector with named slices.
public struct Parameters: Sendable, Equatable {
  /// All parameters.
  public var values: [Float]
  /// The named slices.
  public let slices: [Slice]
  /// The number of updates so far; trajectories record the version that acted.
  public var version = 0

  /// One named slice.
  public struct Slice: Sendable, Equatable {
    /// The name, such as `actor.0.weight`.
    public let name: String
    /// The extents, row-major; a weight is [inputs × outputs].
    public let shape: [Int]
    /// The range in the vector.
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
