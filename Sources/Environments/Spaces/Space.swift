/// The set that observations or actions come from: a product of leaves.
///
/// A nested Dict or Tuple of Gymnasium is the list of its leaves in flattening order: a Dict's keys in the
/// order in which the space holds them (Gymnasium sorts them), a Tuple's members from first to last, depth
/// first. Flattened to floats, a box is its elements in row-major order, a discrete value a one-hot vector, a
/// multi-discrete one the concatenation of one-hot vectors, a multi-binary one its bits; this is what
/// `gymnasium.spaces.flatten` does.
public struct Space: Hashable, Sendable {
  /// The leaves in flattening order.
  public var leaves: [Leaf]

  /// One factor of the product.
  public struct Leaf: Hashable, Sendable {
    /// Where the leaf sits: "" for the space itself, else keys and positions joined by dots ("arm.0").
    public var path: String
    /// The set.
    public var kind: Kind

    /// Makes a leaf.
    public init(path: String = "", kind: Kind) {
      self.path = path
      self.kind = kind
    }
  }

  /// The kinds of leaves.
  public enum Kind: Hashable, Sendable {
    /// A box in Rⁿ: `low` and `high` have one bound for each element and may be infinite.
    case box(shape: [Int], low: [Double], high: [Double], element: Element)
    /// start, start + 1, …, start + count − 1.
    case discrete(count: Int, start: Int)
    /// A vector of discrete values.
    case multiDiscrete(counts: [Int], starts: [Int], shape: [Int])
    /// A vector of bits.
    case multiBinary(shape: [Int])
  }

  /// The element types of a box, by their numpy names.
  public enum Element: String, Hashable, Sendable {
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64
  }

  /// Makes the product of `leaves`.
  public init(leaves: [Leaf]) {
    self.leaves = leaves
  }

  /// Makes a space of one leaf.
  public init(_ kind: Kind) {
    self.init(leaves: [Leaf(kind: kind)])
  }

  /// A discrete space that counts from 0.
  public static func discrete(_ count: Int) -> Space { Space(.discrete(count: count, start: 0)) }

  /// A flat float32 box with these bounds.
  public static func box(low: [Double], high: [Double]) -> Space {
    Space(.box(shape: [low.count], low: low, high: high, element: .float32))
  }

  /// How many floats an element takes when it is flattened.
  public var flattenedSize: Int { leaves.reduce(0) { $0 + $1.kind.flattenedSize } }

  /// How many values an element has: 1 for a discrete one, one for each element of a box or vector.
  public var valueCount: Int { leaves.reduce(0) { $0 + $1.kind.valueCount } }
}

extension Space.Kind {
  /// How many floats a value takes when it is flattened.
  public var flattenedSize: Int {
    switch self {
    case .box(let shape, _, _, _), .multiBinary(let shape): shape.reduce(1, *)
    case .discrete(let count, _): count
    case .multiDiscrete(let counts, _, _): counts.reduce(0, +)
    }
  }

  /// How many numbers a value consists of.
  public var valueCount: Int {
    switch self {
    case .box(let shape, _, _, _), .multiBinary(let shape): shape.reduce(1, *)
    case .discrete: 1
    case .multiDiscrete(let counts, _, _): counts.count
    }
  }
}
