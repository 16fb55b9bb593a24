internal import AscentRandomness
public import AscentRegistries

/// The initial distribution of a network's weights and biases, by name.
public enum Initialization: String, Sendable, CaseIterable {
  /// Orthogonal matrices with gain √2, in the last layer with gains of its own; biases 0 (Saxe et al. 2014).
  case orthogonal
  /// Uniform in ±1/√inputs for weights and biases: PyTorch's default.
  case uniform

  /// Draws numbers uniformly from ±1/√inputs.
  static func uniform(_ count: Int, inputs: Int, from stream: RandomStream) -> [Float] {
    let bound = 1 / Double(inputs).squareRoot()
    return (0..<count).map { _ in Float(bound * (2 * stream.uniform() - 1)) }
  }

  /// Draws a matrix with orthonormal rows or columns, whichever are fewer, times `gain`.
  ///
  /// Gaussian draws are orthogonalized in double precision by modified Gram–Schmidt, applied twice. The result is the Q
  /// of a QR decomposition with a positive diagonal, so it is uniform over orthogonal matrices (Saxe et al. 2014).
  static func orthogonal(rows: Int, columns: Int, gain: Double, from stream: RandomStream) -> [Float] {
    let (count, length) = (min(rows, columns), max(rows, columns))
    var vectors: [[Double]] = []
    while vectors.count < count {
      var v = (0..<length).map { _ in stream.standardNormal() }
      for _ in 0..<2 {
        for u in vectors {
          var projection = 0.0
          for k in 0..<length { projection += u[k] * v[k] }
          for k in 0..<length { v[k] -= projection * u[k] }
        }
      }
      var square = 0.0
      for x in v { square += x * x }
      // A draw in the span of the others has probability 0; drawing again does not change the distribution.
      guard square > 1e-20 else { continue }
      let norm = square.squareRoot()
      vectors.append(v.map { $0 / norm })
    }
    return (0..<rows * columns).map { index in
      let (i, j) = (index / columns, index % columns)
      return Float(gain * (rows <= columns ? vectors[i][j] : vectors[j][i]))
    }
  }
}

extension Initialization: NamedChoice {
  /// A one-line description.
  public var help: String {
    switch self {
    case .orthogonal: "orthogonal matrices, biases 0"
    case .uniform: "uniform in ± 1/√inputs, PyTorch's default"
    }
  }
}
