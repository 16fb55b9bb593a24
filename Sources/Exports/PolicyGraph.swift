internal import AscentExperiments
internal import AscentPolicies

/// A policy's most probable action as a list of operations on one observation, with the numbers of its arrays.
///
/// It is made from policy.json and its arrays, so a run needs no environment to be exported, and the formats that write
/// operations write them from it. The features of an observation pass through the ``normalizer``, then through the
/// ``operations`` one after the other; the last one gives the network outputs, from which each of the ``factors`` takes
/// its own.
struct PolicyGraph: Sendable {
  /// Floats of an observation, without its mask.
  let featureSize: Int
  /// Floats of the mask of allowed choices; 0 if there is none.
  let maskSize: Int
  /// Floats of an action.
  let actionSize: Int
  /// Floats of the recurrent state, zeros at the beginning of an episode; 0 without a recurrent layer.
  let stateSize: Int
  /// The first operation; nil if the networks receive the observation itself.
  let normalizer: Normalizer?
  /// The operations of the actor's network.
  let operations: [Operation]
  /// The number of network outputs.
  let outputSize: Int
  /// The factors of an action, in the order of its values.
  let factors: [Factor]

  /// y = (x − mean) scale, within ±bound.
  struct Normalizer {
    let mean, scale: [Float]
    /// The bound; infinite if there is none.
    let bound: Float
    /// The columns that stay as they are.
    let indexColumns: [Int]
  }

  /// One operation.
  enum Operation {
    /// y = f(b + x w).
    case affine(Map)
    /// The same with the rows of w that belong to each block of columns, one block after the other.
    case blocks([Block], Map)
    /// A convolution of an image [row × column × channel].
    case convolution(Convolution)
    /// y is made of the parts of x.
    case parts([Part])
    /// A recurrent layer.
    case recurrence(Recurrence)

    /// Floats of y.
    var width: Int {
      switch self {
      case .affine(let map), .blocks(_, let map): map.outputs
      case .convolution(let convolution): convolution.size
      case .parts(let parts): parts.last.map { $0.output + $0.size } ?? 0
      case .recurrence(let recurrence): recurrence.units
      }
    }
  }

  /// y = f(b + x w).
  struct Map {
    /// The name of its arrays, such as `actor.0`.
    let name: String
    /// Floats of x and of y.
    let inputs, outputs: Int
    /// w [input × output], row-major, and b.
    let weight, bias: [Float]
    /// f, or nil.
    let activation: Activation?
  }

  /// Columns of x with their rows of w.
  struct Block {
    /// True for one column that has the index of a row of w, or −1 for none; otherwise the columns multiply the rows.
    let isIndex: Bool
    /// The first column of x.
    let column: Int
    /// The first row of w, and the number of rows.
    let row, count: Int
  }

  /// The extents of an image.
  struct Image {
    var height, width, channels: Int
    /// The number of planes [row × column × some channels] that x consists of.
    var planes = 1

    /// Floats of the image.
    var size: Int { height * width * channels }
  }

  /// A map of each square patch of an image, without padding.
  ///
  /// Patches come row by row; a patch has its pixels row by row, and each pixel its channels.
  struct Convolution {
    /// The map of one patch: its outputs are the channels of the resulting image.
    let map: Map
    /// The image x.
    let image: Image
    /// The side of a patch, and the distance from one to the next.
    let side, stride: Int

    /// The resulting image.
    var result: Image {
      Image(
        height: (image.height - side) / stride + 1, width: (image.width - side) / stride + 1,
        channels: map.outputs)
    }
    /// Floats of y.
    var size: Int { result.size }
  }

  /// A group of columns of x, and what y has of it.
  struct Part {
    /// The kinds of parts.
    enum Kind {
      /// The numbers as they are.
      case numbers
      /// A one-hot vector of one index; zeros for −1.
      case index
      /// The convolutions of an image.
      case image(Image, [Convolution])
    }
    let kind: Kind
    /// The first column of x, and of y.
    let column, output: Int
    /// Floats of y.
    let size: Int
  }

  /// A gated recurrent unit or a long short-term memory, whose gates lie side by side: r, z, y, or i, f, y, o.
  struct Recurrence {
    let cell: AscentPolicies.Recurrence.Cell
    let units: Int
    /// The maps of the input and of the previous output.
    let outer, inner: Map
  }

  /// One factor of an action.
  struct Factor {
    let distribution: Distribution
    /// The first of its values in an action, and their number.
    let value, valueCount: Int
    /// The first number of its choices in a mask.
    let mask: Int
  }

  /// The distributions of this library, with the ranges of their network outputs.
  enum Distribution {
    /// One of several choices.
    case categorical(logits: Range<Int>)
    /// Bits.
    case bernoulli(logits: Range<Int>)
    /// Numbers, and how they become the environment's.
    case gaussian(mean: Range<Int>, Deviation, Units)
    /// Numbers between bounds with the shapes 1 + softplus of y and of z.
    case beta(y: Range<Int>, z: Range<Int>, ValueBounds)
  }

  /// The way from a number of a Gaussian to the environment's, before it is clamped.
  enum Units {
    /// It is the environment's.
    case environment
    /// middle + half u.
    case box(PolicyDescription.Units)
    /// tanh squashes it into the bounds.
    case squashed(ValueBounds)
  }

  /// The source of log σ.
  enum Deviation {
    /// Network outputs.
    case outputs(Range<Int>)
    /// Numbers, the same for every observation.
    case numbers([Float])
    /// log σ of a matrix of noise, [latent × value]: σ(k)² = Σ φ(j)² σ(j,k)² + 1e-6.
    case exploring([Float])
  }
}
