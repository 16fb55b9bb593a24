/// The most probable action of a policy as a list of operations on one observation.
///
/// A policy is written in another form from its graph, so that an architecture is described once. All ranges are indices
/// of ``Parameters/values``. A row of numbers passes through the ``normalizer``, then through the ``operations`` one
/// after the other; the last one gives the network outputs, from which each of the ``factors`` takes its own.
public struct PolicyGraph: Sendable {
  /// Floats of an observation, without its mask.
  public let featureSize: Int
  /// Floats of the mask of allowed choices; 0 if there is none.
  public let maskSize: Int
  /// Floats of an action.
  public let actionSize: Int
  /// Floats of the recurrent state, zeros at the beginning of an episode; 0 without a recurrent layer.
  public let stateSize: Int
  /// The first operation; nil if the networks receive the observation itself.
  public let normalizer: Normalizer?
  /// The operations of the actor's network.
  public let operations: [Operation]
  /// The factors of an action, in the order of its values.
  public let factors: [Factor]

  /// y = (x − mean) scale, within ±bound.
  public struct Normalizer: Sendable {
    /// The ranges of each feature's mean and scale.
    public let mean, scale: Range<Int>
    /// The bound; infinite if there is none.
    public let bound: Float
    /// The columns that stay as they are.
    public let indexColumns: [Int]
  }

  /// One operation.
  public enum Operation: Sendable {
    /// y = f(b + x w).
    case affine(Map, Activation?)
    /// The same with the rows of w that belong to each block of columns, one block after the other.
    case blocks([Block], Map, Activation?)
    /// A convolution of an image [row × column × channel].
    case convolution(Convolution)
    /// y is made of the parts of x.
    case parts([Part])
    /// A recurrent layer.
    case recurrence(Recurrence)

    /// Floats of y.
    public var width: Int {
      switch self {
      case .affine(let map, _), .blocks(_, let map, _): map.outputs
      case .convolution(let convolution): convolution.size
      case .parts(let parts): parts.last.map { $0.output + $0.size } ?? 0
      case .recurrence(let recurrence): recurrence.units
      }
    }
  }

  /// The weights w [input × output], row-major, and the bias b of z = b + x w.
  public struct Map: Sendable {
    /// The name in ``Parameters/slices``, such as `actor.0`.
    public let name: String
    /// Floats of x and of z.
    public let inputs, outputs: Int
    /// The range of w.
    public let weight: Range<Int>
    /// The range of b.
    public let bias: Range<Int>

    init(_ shape: AffineShape, _ name: String) {
      (self.name, inputs, outputs) = (name, shape.inputs, shape.outputs)
      (weight, bias) = (shape.weight..<shape.bias, shape.bias..<shape.end)
    }
  }

  /// Columns of x with their rows of w.
  public struct Block: Sendable {
    /// True for one column that has the index of a row of w, or −1 for none; otherwise the columns multiply the rows.
    public let isIndex: Bool
    /// The first column of x.
    public let column: Int
    /// The first row of w, and the number of rows.
    public let row, count: Int
  }

  /// An affine map of each square patch of an image, without padding.
  ///
  /// Patches come row by row; a patch has its pixels row by row, and each pixel its channels.
  public struct Convolution: Sendable {
    /// The map of one patch: its outputs are the channels of the resulting image.
    public let map: Map
    /// The image x.
    public let image: Network.Image
    /// The side of a patch, and the distance from one to the next.
    public let side, stride: Int
    /// The extents of the resulting image.
    public let rows, columns: Int
    /// The activation function.
    public let activation: Activation?

    /// Floats of y.
    public var size: Int { rows * columns * map.outputs }
  }

  /// A group of columns of x, and what y has of it.
  public struct Part: Sendable {
    /// The kinds of parts.
    public enum Kind: Sendable {
      /// The numbers as they are.
      case numbers
      /// A one-hot vector of one index; zeros for −1.
      case index
      /// The convolutions of an image, whose planes (``Network/Image/planes``) become channels first.
      case image(Network.Image, [Convolution])
    }
    /// The kind.
    public let kind: Kind
    /// The first column of x, and of y.
    public let column, output: Int
    /// Floats of y.
    public let size: Int
  }

  /// A gated recurrent unit or a long short-term memory, whose gates lie side by side: r, z, y, or i, f, y, o.
  public struct Recurrence: Sendable {
    /// The cell.
    public let cell: AscentPolicies.Recurrence.Cell
    /// The number of units.
    public let units: Int
    /// The maps of the input and of the previous output; both have a bias.
    public let outer, inner: Map
  }

  /// One factor of an action.
  public struct Factor: Sendable {
    /// The distribution.
    public let distribution: Distribution
    /// The first of its network outputs.
    public let output: Int
    /// The range of its own parameters: log deviations, [value] or [latent × value]; empty if it has none.
    public let parameters: Range<Int>
    /// The first of its values in an action, and their number.
    public let value, valueCount: Int
    /// The first number of its choices in a mask.
    public let mask: Int
  }

  /// The distributions of this library.
  public enum Distribution: Sendable {
    /// One of n choices; the network outputs are logits.
    case categorical(Int)
    /// Bits; the network outputs are logits.
    case bernoulli(Int)
    /// Numbers whose means are network outputs, with bounds if they are squashed into them by tanh.
    case gaussian(GaussianFamily.Deviation, ValueBounds?)
    /// Numbers between bounds; the network outputs are y of all numbers, then z.
    case beta(ValueBounds)
  }
}
