internal import Randomness
public import Registries

/// How a network's weights and biases begin, by name.
public enum Initialization: String, Sendable, CaseIterable {
  /// Orthogonal matrices of gain √2, of gains of their own in the last layer; biases of 0 (Saxe and others 2014).
  case orthogonal
  /// Uniform within ± 1/√inputs, weights and biases alike: PyTorch's default.
  case uniform

  /// Numbers uniform within ± 1/√inputs.
  static func uniform(_ count: Int, inputs: Int, from stream: RandomStream) -> [Float] {
    let bound = 1 / Double(inputs).squareRoot()
    return (0..<count).map { _ in Float(bound * (2 * stream.uniform() - 1)) }
  }

  /// A matrix with orthonormal rows or columns, whichever are fewer, times `gain` (Saxe and others 2014).
  ///
  /// Gaussian draws, orthogonalized in double precision by modified Gram–Schmidt, twice: the result is the Q of
  /// a QR decomposition with a positive diagonal, so it is uniform over orthogonal matrices.
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
      // A draw inside of the span of the others has probability 0; drawing again keeps the meaning.
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
  /// What it is, in one line.
  public var help: String {
    switch self {
    case .orthogonal: "orthogonal matrices, biases 0"
    case .uniform: "uniform within ± 1/√inputs, as PyTorch has it"
    }
  }
}
