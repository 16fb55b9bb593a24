public import AscentRegistries

/// The activation function between two layers.
public enum Activation: String, Sendable, CaseIterable {
  case tanh
  /// max(x, 0).
  case relu
  /// x for x > 0, else eˣ − 1.
  case elu
  /// x Φ(x), where Φ is the normal distribution function (Hendrycks and Gimpel 2016).
  case gelu

  /// True if the derivative is computed from the input x; the others are computed from the output y.
  var needsInputs: Bool { self == .gelu }

  /// True if a layer's products also apply it and its adjoint, while the results are still in the L1 cache.
  var isFused: Bool { self == .tanh }

  func apply(_ count: Int, _ x: inout MutableSpan<Float>) {
    switch self {
    case .tanh: Kernels.tanh(count, &x)
    case .relu: Kernels.relu(count, &x)
    case .elu: Kernels.elu(count, &x)
    case .gelu: Kernels.gelu(count, &x)
    }
  }

  /// d ← d f′, computed from the inputs or outputs as `needsInputs` says.
  func applyAdjoint(_ count: Int, _ known: Span<Float>, _ d: inout MutableSpan<Float>) {
    switch self {
    case .tanh: Kernels.tanhAdjoint(count, known, &d)
    case .relu: Kernels.reluAdjoint(count, known, &d)
    case .elu: Kernels.eluAdjoint(count, known, &d)
    case .gelu: Kernels.geluAdjoint(count, known, &d)
    }
  }
}

extension Activation: NamedChoice {
  /// A one-line description.
  public var help: String {
    switch self {
    case .tanh: "tanh x"
    case .relu: "max(x, 0)"
    case .elu: "x above 0, eˣ − 1 below"
    case .gelu: "x Φ(x), with the normal distribution function Φ"
    }
  }
}
