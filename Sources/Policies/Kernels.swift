internal import CKernels

/// How the arithmetic of policies is carried out on this processor; the bits are the same on every path.
public enum KernelPath: String, CaseIterable, Sendable {
  /// C11 and `fmaf`: slow, everywhere.
  case portable
  /// Eight lanes with fused multiply-add.
  case avx2 = "AVX2"
  /// Sixteen lanes.
  case avx512 = "AVX-512"

  /// The path that this processor takes.
  public static var current: KernelPath {
    switch ckernels_path_taken(.automatic) {
    case .avx512: .avx512
    case .avx2: .avx2
    case .automatic, .portable: .portable
    }
  }
}

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
          unsafe ckernels_affine(
            .automatic, rows, layer.inputs, layer.outputs, x, θ + layer.weight, θ + layer.bias, y)
        }
      }
    }
  }

  /// dx = dy wᵀ; `room` takes the transpose.
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
            unsafe ckernels_transpose(layer.inputs, layer.outputs, θ + layer.weight, room)
            unsafe ckernels_affine(.automatic, rows, layer.outputs, layer.inputs, dy, room, nil, dx)
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
          unsafe ckernels_accumulate_product(
            .automatic, rows, layer.inputs, layer.outputs, x, dy, g + layer.weight)
          unsafe ckernels_accumulate_rows(.automatic, rows, layer.outputs, dy, g + layer.bias)
        }
      }
    }
  }

  /// x ← tanh x over the first `count`.
  static func tanh(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe x.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      unsafe ckernels_tanh(.automatic, count, x, x)
    }
  }

  /// dy ← dy (1 − y²) over the first `count`.
  static func tanhAdjoint(_ count: Int, _ y: Span<Float>, _ dy: inout MutableSpan<Float>) {
    unsafe y.withUnsafeBufferPointer { y in
      unsafe dy.withUnsafeMutableBufferPointer { dy in
        guard let y = y.baseAddress, let dy = dy.baseAddress else { return }
        unsafe ckernels_tanh_adjoint(.automatic, count, y, dy)
      }
    }
  }

  /// y = exp x over the first `count`.
  static func exp(_ count: Int, _ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        unsafe ckernels_exp(.automatic, count, x, y)
      }
    }
  }

  /// y = x − log Σ exp x, row by row.
  static func logSoftmax(rows: Int, _ n: Int, _ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        unsafe ckernels_log_softmax(.automatic, rows, n, x, y)
      }
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
        unsafe ckernels_add(.automatic, count, x, y)
      }
    }
  }

  /// θ ← θ + α ĝ.
  public static func ascend(_ θ: inout MutableSpan<Float>, along gradient: Span<Float>, rate: Float) {
    let count = min(θ.count, gradient.count)
    unsafe gradient.withUnsafeBufferPointer { g in
      unsafe θ.withUnsafeMutableBufferPointer { θ in
        guard let g = g.baseAddress, let θ = θ.baseAddress else { return }
        unsafe ckernels_ascend(.automatic, count, rate, g, θ)
      }
    }
  }

  /// One step of Adam (Kingma and Ba 2015, algorithm 1), upwards; `step` counts from 1.
  public static func adam(
    _ θ: inout MutableSpan<Float>, along gradient: Span<Float>, firstMoment: inout MutableSpan<Float>,
    secondMoment: inout MutableSpan<Float>, rate: Double, β1: Double, β2: Double, ε: Double, step: Int
  ) {
    let count = min(θ.count, gradient.count, firstMoment.count, secondMoment.count)
    unsafe gradient.withUnsafeBufferPointer { g in
      unsafe firstMoment.withUnsafeMutableBufferPointer { m in
        unsafe secondMoment.withUnsafeMutableBufferPointer { v in
          unsafe θ.withUnsafeMutableBufferPointer { θ in
            guard let g = g.baseAddress, let m = m.baseAddress, let v = v.baseAddress,
              let θ = θ.baseAddress
            else { return }
            unsafe ckernels_adam(
              .automatic, count, rate, β1, β2, ε, UInt64(max(1, step)), g, m, v, θ)
          }
        }
      }
    }
  }
}
