internal import AscentMathematics

/// The set of observations or actions: a product of leaves.
///
/// A nested Dict or Tuple of Gymnasium becomes the list of its leaves in flattening order, depth first: the entries of
/// a Dict in the order of its space (Gymnasium sorts the keys), the members of a Tuple from first to last. Flattened to
/// floats, a box is its elements in row-major order, a discrete value a one-hot vector, a multi-discrete one the
/// concatenation of one-hot vectors, and a multi-binary one its bits, as in `gymnasium.spaces.flatten`. One of more than
/// ``mostOneHot`` choices is not a vector but one float, its index; −1 there stands for a vector of zeros.
public struct Space: Hashable, Sendable {
  /// The leaves in flattening order.
  public var leaves: [Leaf]

  /// One factor of the product.
  public struct Leaf: Hashable, Sendable {
    /// The path of the leaf: "" for the space itself, otherwise keys and indices joined by dots ("arm.0").
    public var path: String
    /// The keys and indices of the path one by one, which may have dots themselves; nil if the path says them.
    public var keys: [Key]?
    /// The set of values of the leaf.
    public var kind: Kind
    /// The order of the axes, if the leaf is a picture.
    public var axes = Axes.channelsLast

    /// A key of a Dict or an index of a Tuple.
    public enum Key: Hashable, Sendable {
      /// A text.
      case text(String)
      /// An index, or a whole number that is a key.
      case number(Int)
    }

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
    /// The integers start, start + 1, …, start + count − 1.
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

  /// The largest number of choices that are flattened to a one-hot vector; the index among more is one float.
  ///
  /// The C shim has the same number. Vectors of up to this size cost little, and are as other tools have them.
  public static let mostOneHot = 4096

  /// The number of floats of one of `count` choices.
  static func choiceSize(_ count: Int) -> Int { count > mostOneHot ? 1 : count }

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
    Require.count(high.count, of: "upper bounds", is: low.count, "one for each lower bound")
    return Space(.box(shape: [low.count], low: low, high: high, element: .float32))
  }

  /// The number of floats of a flattened element.
  public var flattenedSize: Int { leaves.reduce(0) { $0 + $1.kind.flattenedSize } }

  /// The number of choices of each value of an element; nil for the numbers of a box.
  public var choiceCounts: [Int?] {
    leaves.flatMap { leaf -> [Int?] in
      switch leaf.kind {
      case .box: Array(repeating: nil, count: leaf.kind.valueCount)
      case .discrete(let count, _): [count]
      case .multiDiscrete(let counts, _, _): counts
      case .multiBinary: Array(repeating: 2, count: leaf.kind.valueCount)
      }
    }
  }

  /// The number of values of an element: 1 for a discrete one, one for each element of a box or vector.
  public var valueCount: Int { leaves.reduce(0) { $0 + $1.kind.valueCount } }
}

extension Space.Kind {
  /// The number of floats of a flattened value.
  public var flattenedSize: Int {
    switch self {
    case .box(let shape, _, _, _), .multiBinary(let shape): shape.reduce(1, *)
    case .discrete(let count, _): Space.choiceSize(count)
    case .multiDiscrete(let counts, _, _): counts.reduce(0) { $0 + Space.choiceSize($1) }
    }
  }

  /// The numbers of choices of the discrete values, in their order; empty for other kinds.
  public var discreteCounts: [Int] {
    switch self {
    case .discrete(let count, _): [count]
    case .multiDiscrete(let counts, _, _): counts
    case .box, .multiBinary: []
    }
  }

  /// The number of values that an element consists of.
  public var valueCount: Int {
    switch self {
    case .box(let shape, _, _, _), .multiBinary(let shape): shape.reduce(1, *)
    case .discrete: 1
    case .multiDiscrete(let counts, _, _): counts.count
    }
  }
}
