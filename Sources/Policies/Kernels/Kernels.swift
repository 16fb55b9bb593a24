internal import AscentMathematics
internal import CAscentKernels

/// The instruction set that the arithmetic of policies uses on this processor; results are bit-identical on every path.
public enum KernelPath: String, CaseIterable, Sendable {
  /// C11 with `fmaf`: slow, but available everywhere.
  case portable
  /// Eight SIMD elements, with fused multiply-add.
  case avx2 = "AVX2"
  /// Sixteen SIMD elements, with fused multiply-add.
  case avx512 = "AVX-512"

  /// The path that is used on this processor.
  public static var current: KernelPath {
    switch ckernels_path_taken(.automatic) {
    case .avx512: .avx512
    case .avx2: .avx2
    case .automatic, .portable: .portable
    }
  }
}

/// The C kernels on spans.
///
/// Only this folder uses pointers in this module. A kernel in C reads and writes as much as its sizes say; each function
/// here first requires arrays of these sizes.
enum Kernels {
  /// y = b + x w for `rows` rows, or tanh of it.
  static func affine(
    _ layer: AffineShape, rows: Int, _ x: Span<Float>, _ θ: Span<Float>, takingTanh: Bool = false,
    into y: inout MutableSpan<Float>
  ) {
    multiply(layer, hasBias: true, takingTanh, rows, x, θ, &y)
  }

  /// y = x w, without the bias.
  static func product(
    _ layer: AffineShape, rows: Int, _ x: Span<Float>, _ θ: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    multiply(layer, hasBias: false, false, rows, x, θ, &y)
  }

  private static func multiply(
    _ layer: AffineShape, hasBias: Bool, _ takesTanh: Bool, _ rows: Int, _ x: Span<Float>, _ θ: Span<Float>,
    _ y: inout MutableSpan<Float>
  ) {
    Require.count(x.count, of: "inputs of a layer", atLeast: rows * layer.inputs)
    Require.count(θ.count, of: "parameters of a layer", atLeast: hasBias ? layer.end : layer.bias)
    Require.count(y.count, of: "outputs of a layer", atLeast: rows * layer.outputs)
    unsafe x.withUnsafeBufferPointer { x in
      unsafe θ.withUnsafeBufferPointer { θ in
        unsafe y.withUnsafeMutableBufferPointer { y in
          guard let x = x.baseAddress, let θ = θ.baseAddress, let y = y.baseAddress else { return }
          let bias = hasBias ? unsafe θ + layer.bias : nil
          let kernel = unsafe takesTanh ? ckernels_affine_tanh : ckernels_affine
          unsafe kernel(.automatic, rows, layer.inputs, layer.outputs, x, θ + layer.weight, bias, y)
        }
      }
    }
  }

  /// dx = dy wᵀ, times 1 − x² if `x`, the tanh output of the layer below, is given.
  static func affineInputAdjoint(
    _ layer: AffineShape, rows: Int, _ dy: Span<Float>, _ θ: Span<Float>, throughTanh x: Span<Float>? = nil,
    into dx: inout MutableSpan<Float>
  ) {
    Require.count(dy.count, of: "adjoints of a layer's outputs", atLeast: rows * layer.outputs)
    Require.count(θ.count, of: "parameters of a layer", atLeast: layer.bias)
    Require.count(dx.count, of: "adjoints of a layer's inputs", atLeast: rows * layer.inputs)
    if let x { Require.count(x.count, of: "inputs of a layer", atLeast: rows * layer.inputs) }
    unsafe dy.withUnsafeBufferPointer { dy in
      unsafe θ.withUnsafeBufferPointer { θ in
        unsafe dx.withUnsafeMutableBufferPointer { dx in
          guard let dy = dy.baseAddress, let θ = θ.baseAddress, let dx = dx.baseAddress else { return }
          let (k, n, w) = unsafe (layer.outputs, layer.inputs, θ + layer.weight)
          guard let x else { return unsafe ckernels_affine_adjoint(.automatic, rows, k, n, dy, w, nil, dx) }
          unsafe x.withUnsafeBufferPointer { x in
            guard let x = x.baseAddress else { return }
            unsafe ckernels_affine_adjoint(.automatic, rows, k, n, dy, w, x, dx)
          }
        }
      }
    }
  }

  /// Adds xᵀ dy and Σ dy to the gradients of the layer's weights and bias.
  static func affineAdjoint(
    _ layer: AffineShape, rows: Int, _ x: Span<Float>, _ dy: Span<Float>,
    into gradient: inout MutableSpan<Float>
  ) {
    Require.count(x.count, of: "inputs of a layer", atLeast: rows * layer.inputs)
    Require.count(dy.count, of: "adjoints of a layer's outputs", atLeast: rows * layer.outputs)
    Require.count(gradient.count, of: "gradient", atLeast: layer.end)
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
}

// Elementwise and row-wise functions.
extension Kernels {
  /// x ← tanh x for the first `count` elements.
  static func tanh(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(count, &x) { unsafe ckernels_tanh(.automatic, count, $0, $0) }
  }

  /// x ← max(x, 0).
  static func relu(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(count, &x) { unsafe ckernels_relu(.automatic, count, $0, $0) }
  }

  /// x ← x for x > 0, else eˣ − 1.
  static func elu(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(count, &x) { unsafe ckernels_elu(.automatic, count, $0, $0) }
  }

  /// x ← x Φ(x).
  static func gelu(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(count, &x) { unsafe ckernels_gelu(.automatic, count, $0, $0) }
  }

  /// d ← d (1 − y²) for the first `count` elements.
  static func tanhAdjoint(_ count: Int, _ y: Span<Float>, _ d: inout MutableSpan<Float>) {
    unsafe y.map(count, into: &d, count) { unsafe ckernels_tanh_adjoint(.automatic, count, $0, $1) }
  }

  /// d ← d where y > 0, else 0.
  static func reluAdjoint(_ count: Int, _ y: Span<Float>, _ d: inout MutableSpan<Float>) {
    unsafe y.map(count, into: &d, count) { unsafe ckernels_relu_adjoint(.automatic, count, $0, $1) }
  }

  /// d ← d where y > 0, else d (y + 1).
  static func eluAdjoint(_ count: Int, _ y: Span<Float>, _ d: inout MutableSpan<Float>) {
    unsafe y.map(count, into: &d, count) { unsafe ckernels_elu_adjoint(.automatic, count, $0, $1) }
  }

  /// d ← d (Φ(x) + x φ(x)).
  static func geluAdjoint(_ count: Int, _ x: Span<Float>, _ d: inout MutableSpan<Float>) {
    unsafe x.map(count, into: &d, count) { unsafe ckernels_gelu_adjoint(.automatic, count, $0, $1) }
  }

  /// y = exp x for the first `count` elements.
  static func exp(_ count: Int, _ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe x.map(count, into: &y, count) { unsafe ckernels_exp(.automatic, count, $0, $1) }
  }

  /// x ← exp x for the first `count` elements.
  static func exp(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(count, &x) { unsafe ckernels_exp(.automatic, count, $0, $0) }
  }

  /// x ← log x for the first `count` elements.
  static func log(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(count, &x) { unsafe ckernels_log(.automatic, count, $0, $0) }
  }

  /// x ← x − log Σ exp x in each row.
  static func logSoftmax(rows: Int, _ n: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(rows * n, &x) { unsafe ckernels_log_softmax(.automatic, rows, n, $0, $0) }
  }

  /// y = x − log Σ exp x in each row.
  static func logSoftmax(rows: Int, _ n: Int, _ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe x.map(rows * n, into: &y, rows * n) { unsafe ckernels_log_softmax(.automatic, rows, n, $0, $1) }
  }

  /// y = (x − mean) scale, clamped to ±bound, for the first `n` of every `stride` floats.
  static func standardize(
    rows: Int, _ n: Int, stride: Int, mean: Span<Float>, scale: Span<Float>, bound: Float, _ x: Span<Float>,
    into y: inout MutableSpan<Float>
  ) {
    Require.count(mean.count, of: "means", atLeast: n)
    Require.count(scale.count, of: "scales", atLeast: n)
    unsafe mean.withUnsafeBufferPointer { mean in
      unsafe scale.withUnsafeBufferPointer { scale in
        guard let mean = mean.baseAddress, let scale = scale.baseAddress else { return }
        unsafe x.map(Kernels.extent(rows, n, stride), into: &y, rows * n) {
          unsafe ckernels_standardize(.automatic, rows, n, mean, scale, bound, $0, stride, $1)
        }
      }
    }
  }

  /// The number of floats that rows of `n` floats take which begin `stride` floats apart.
  static func extent(_ rows: Int, _ n: Int, _ stride: Int) -> Int { rows == 0 ? 0 : (rows - 1) * stride + n }

  private static func change(
    _ count: Int, _ x: inout MutableSpan<Float>, _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    Require.count(x.count, of: "numbers of a kernel", atLeast: count)
    unsafe x.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      unsafe body(x)
    }
  }
}

extension Span<Float> {
  /// Calls `body`, which reads `count` floats and writes `room`.
  fileprivate func map(
    _ count: Int, into y: inout MutableSpan<Float>, _ room: Int,
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    Require.count(self.count, of: "input of a kernel", atLeast: count)
    Require.count(y.count, of: "output of a kernel", atLeast: room)
    unsafe withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        unsafe body(x, y)
      }
    }
  }
}
