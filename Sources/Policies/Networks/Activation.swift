public import Registries

/// The function between two layers.
public enum Activation: String, Sendable, CaseIterable {
  case tanh
  /// max(x, 0).
  case relu
  /// x above 0, eˣ − 1 below.
  case elu
  /// x Φ(x), with the normal distribution function Φ (Hendrycks and Gimpel 2016).
  case gelu

  /// Whether its derivative is worked out from x; the others' is from y.
  var needsInputs: Bool { self == .gelu }

  /// Whether a layer's products apply it, and its adjoint, while their results are still in the first cache.
  var isFused: Bool { self == .tanh }

  func apply(_ count: Int, _ x: inout MutableSpan<Float>) {
    switch self {
    case .tanh: Kernels.tanh(count, &x)
    case .relu: Kernels.relu(count, &x)
    case .elu: Kernels.elu(count, &x)
    case .gelu: Kernels.gelu(count, &x)
    }
  }

  /// d ← d f′, from the values that `needsInputs` names.
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
  /// What it is, in one line.
  public var help: String {
    switch self {
    case .tanh: "tanh x"
    case .relu: "max(x, 0)"
    case .elu: "x above 0, eˣ − 1 below"
    case .gelu: "x Φ(x), with the normal distribution function Φ"
    }
  }
}
