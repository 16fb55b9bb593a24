internal import CKernels

// Functions of single numbers, row by row.
extension Kernels {
  /// x ← tanh x over the first `count`.
  static func tanh(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(&x) { unsafe ckernels_tanh(.automatic, count, $0, $0) }
  }

  /// x ← max(x, 0).
  static func relu(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(&x) { unsafe ckernels_relu(.automatic, count, $0, $0) }
  }

  /// x ← x above 0, eˣ − 1 below.
  static func elu(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(&x) { unsafe ckernels_elu(.automatic, count, $0, $0) }
  }

  /// x ← x Φ(x).
  static func gelu(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(&x) { unsafe ckernels_gelu(.automatic, count, $0, $0) }
  }

  /// d ← d (1 − y²) over the first `count`.
  static func tanhAdjoint(_ count: Int, _ y: Span<Float>, _ d: inout MutableSpan<Float>) {
    unsafe y.map(into: &d) { unsafe ckernels_tanh_adjoint(.automatic, count, $0, $1) }
  }

  /// d ← d where y is above 0, else 0.
  static func reluAdjoint(_ count: Int, _ y: Span<Float>, _ d: inout MutableSpan<Float>) {
    unsafe y.map(into: &d) { unsafe ckernels_relu_adjoint(.automatic, count, $0, $1) }
  }

  /// d ← d where y is above 0, else d (y + 1).
  static func eluAdjoint(_ count: Int, _ y: Span<Float>, _ d: inout MutableSpan<Float>) {
    unsafe y.map(into: &d) { unsafe ckernels_elu_adjoint(.automatic, count, $0, $1) }
  }

  /// d ← d (Φ(x) + x φ(x)).
  static func geluAdjoint(_ count: Int, _ x: Span<Float>, _ d: inout MutableSpan<Float>) {
    unsafe x.map(into: &d) { unsafe ckernels_gelu_adjoint(.automatic, count, $0, $1) }
  }

  /// y = exp x over the first `count`.
  static func exp(_ count: Int, _ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe x.map(into: &y) { unsafe ckernels_exp(.automatic, count, $0, $1) }
  }

  /// x ← exp x over the first `count`.
  static func exp(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(&x) { unsafe ckernels_exp(.automatic, count, $0, $0) }
  }

  /// x ← log x over the first `count`.
  static func log(_ count: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(&x) { unsafe ckernels_log(.automatic, count, $0, $0) }
  }

  /// x ← x − log Σ exp x, row by row.
  static func logSoftmax(rows: Int, _ n: Int, _ x: inout MutableSpan<Float>) {
    unsafe change(&x) { unsafe ckernels_log_softmax(.automatic, rows, n, $0, $0) }
  }

  /// y = x − log Σ exp x, row by row.
  static func logSoftmax(rows: Int, _ n: Int, _ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe x.map(into: &y) { unsafe ckernels_log_softmax(.automatic, rows, n, $0, $1) }
  }

  /// y = (x − mean) scale within ±bound, for the first `n` of every `stride` floats.
  static func standardize(
    rows: Int, _ n: Int, stride: Int, mean: Span<Float>, scale: Span<Float>, bound: Float, _ x: Span<Float>,
    into y: inout MutableSpan<Float>
  ) {
    unsafe mean.withUnsafeBufferPointer { mean in
      unsafe scale.withUnsafeBufferPointer { scale in
        guard let mean = mean.baseAddress, let scale = scale.baseAddress else { return }
        unsafe x.map(into: &y) {
          unsafe ckernels_standardize(.automatic, rows, n, mean, scale, bound, $0, stride, $1)
        }
      }
    }
  }

  /// The squares of each row's image, one after the other.
  static func unfold(_ p: Patches, rows: Int, _ x: Span<Float>, into out: inout MutableSpan<Float>) {
    unsafe x.map(into: &out) {
      unsafe ckernels_unfold(p.image.height, p.image.width, p.image.channels, p.side, p.stride, rows, $0, $1)
    }
  }

  /// The adjoint of ``unfold(_:rows:_:into:)``: the squares' numbers, added up where they overlap.
  static func fold(_ p: Patches, rows: Int, _ x: Span<Float>, into out: inout MutableSpan<Float>) {
    unsafe x.map(into: &out) {
      unsafe ckernels_fold(p.image.height, p.image.width, p.image.channels, p.side, p.stride, rows, $0, $1)
    }
  }

  private static func change(
    _ x: inout MutableSpan<Float>, _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    unsafe x.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      unsafe body(x)
    }
  }
}

extension Span<Float> {
  fileprivate func map(
    into y: inout MutableSpan<Float>, _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    unsafe withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        unsafe body(x, y)
      }
    }
  }
}
