internal import CKernels

/// The C kernels on spans: the one file of this module that touches pointers.
enum Kernels {
  /// Where a layer's weights and bias lie in the flat vector.
  struct Layer: Sendable, Equatable {
    var inputs: Int
    var outputs: Int
    var weight: Int
    var bias: Int
  }

  /// y = b + x w for `rows` rows.
  static func affine(
    _ layer: Layer, rows: Int, _ x: Span<Float>, _ θ: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    unsafe x.withUnsafeBufferPointer { x in
      unsafe θ.withUnsafeBufferPointer { θ in
        unsafe y.withUnsafeMutableBufferPointer { y in
          guard let x = x.baseAddress, let θ = θ.baseAddress, let y = y.baseAddress else { return }
          unsafe ckernels_affine(rows, layer.inputs, layer.outputs, x, θ + layer.weight, θ + layer.bias, y)
        }
      }
    }
  }

  /// dx = dy wᵀ.
  static func affineAdjoint(
    _ layer: Layer, rows: Int, _ dy: Span<Float>, _ θ: Span<Float>, room: inout MutableSpan<Float>,
    into dx: inout MutableSpan<Float>
  ) {
    unsafe dy.withUnsafeBufferPointer { dy in
      unsafe θ.withUnsafeBufferPointer { θ in
        unsafe room.withUnsafeMutableBufferPointer { room in
          unsafe dx.withUnsafeMutableBufferPointer { dx in
            guard let dy = dy.baseAddress, let θ = θ.baseAddress, let room = room.baseAddress,
              let dx = dx.baseAddress
            else { return }
            unsafe ckernels_affine_adjoint_input(
              rows, layer.inputs, layer.outputs, dy, θ + layer.weight, room, dx)
          }
        }
      }
    }
  }

  /// The layer's parts of ĝ += xᵀ dy and Σ dy.
  static func affineAdjoint(
    _ layer: Layer, rows: Int, _ x: Span<Float>, _ dy: Span<Float>, into gradient: inout MutableSpan<Float>
  ) {
    unsafe x.withUnsafeBufferPointer { x in
      unsafe dy.withUnsafeBufferPointer { dy in
        unsafe gradient.withUnsafeMutableBufferPointer { g in
          guard let x = x.baseAddress, let dy = dy.baseAddress, let g = g.baseAddress else { return }
          unsafe ckernels_affine_adjoint_weights(
            rows, layer.inputs, layer.outputs, x, dy, g + layer.weight, g + layer.bias)
        }
      }
    }
  }

  /// x ← tanh x over the first `count`.
  static func tanh(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe x.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      unsafe ckernels_tanh(count, x, x)
    }
  }

  /// dy ← dy (1 − y²) over the first `count`.
  static func tanhAdjoint(_ count: Int, _ y: Span<Float>, _ dy: inout MutableSpan<Float>) {
    unsafe y.withUnsafeBufferPointer { y in
      unsafe dy.withUnsafeMutableBufferPointer { dy in
        guard let y = y.baseAddress, let dy = dy.baseAddress else { return }
        unsafe ckernels_tanh_adjoint(count, y, dy)
      }
    }
  }

  /// y = exp x over the first `count`.
  static func exp(_ count: Int, _ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        unsafe ckernels_exp(count, x, y)
      }
    }
  }

  /// y = x − log Σ exp x, row by row.
  static func logSoftmax(rows: Int, _ n: Int, _ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        unsafe ckernels_log_softmax(rows, n, x, y)
      }
    }
  }

  /// The name of the instruction set in use.
  static var pathName: String {
    switch ckernels_current_path() {
    case .portable: "portable"
    case .avx2: "AVX2"
    case .avx512: "AVX-512"
    }
  }
}

/// Updates of flat parameter vectors.
public enum ParameterUpdate {
  /// y ← y + x.
  public static func add(_ x: Span<Float>, to y: inout MutableSpan<Float>) {
    let count = min(x.count, y.count)
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        unsafe ckernels_add(count, x, y)
      }
    }
  }

  /// θ ← θ + α ĝ.
  public static func ascend(_ θ: inout MutableSpan<Float>, along gradient: Span<Float>, rate: Float) {
    let count = min(θ.count, gradient.count)
    unsafe gradient.withUnsafeBufferPointer { g in
      unsafe θ.withUnsafeMutableBufferPointer { θ in
        guard let g = g.baseAddress, let θ = θ.baseAddress else { return }
        unsafe ckernels_ascend(count, rate, g, θ)
      }
    }
  }

  /// One step of Adam (Kingma and Ba 2015, algorithm 1), upwards; `step` counts from 1.
  public static func adam(
    _ θ: inout MutableSpan<Float>, along gradient: Span<Float>, firstMoment: inout MutableSpan<Float>,
    secondMoment: inout MutableSpan<Float>, rate: Double, β1: Double, β2: Double, ε: Double, step: Int
  ) {
    let count = min(θ.count, gradient.count, firstMoment.count, secondMoment.count)
    let scaledRate = Float(rate / (1 - power(β1, step)))
    let correction = Float(1 / (1 - power(β2, step)))
    unsafe gradient.withUnsafeBufferPointer { g in
      unsafe firstMoment.withUnsafeMutableBufferPointer { m in
        unsafe secondMoment.withUnsafeMutableBufferPointer { v in
          unsafe θ.withUnsafeMutableBufferPointer { θ in
            guard let g = g.baseAddress, let m = m.baseAddress, let v = v.baseAddress,
              let θ = θ.baseAddress
            else { return }
            unsafe ckernels_adam(
              count, scaledRate, correction, Float(β1), Float(β2), Float(ε), g, m, v, θ)
          }
        }
      }
    }
  }

  /// xⁿ by squaring: the C library's pow has other bits on other machines.
  private static func power(_ x: Double, _ n: Int) -> Double {
    var (result, base, rest) = (1.0, x, n)
    while rest > 0 {
      if rest & 1 == 1 { result *= base }
      base *= base
      rest >>= 1
    }
    return result
  }
}

extension Parameters {
  /// The instruction set that the kernels use on this machine; the bits do not depend on it.
  public static var kernelPath: String { Kernels.pathName }
}
