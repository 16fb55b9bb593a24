import AscentRandomness
import CAscentKernels

/// The paths that this processor has.
let paths: [ckernels_path] = {
  let all: [ckernels_path] = [.portable, .avx2, .avx512]
  return all.filter { $0.rawValue <= ckernels_path_taken(.automatic).rawValue }
}()

/// A stream for the numbers of a test.
func stream(_ seed: UInt64, lane: UInt32 = 0) throws -> RandomStream {
  try RandomStream(StreamKey(seed: seed, purpose: .parameters, lane: lane))
}

extension RandomStream {
  /// Numbers in [−1, 1).
  func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(2 * uniform() - 1) }
  }
}

/// Where two lists first differ in their bits, nil where nowhere; which of the NaNs is not promised.
func difference<Number: BinaryFloatingPoint>(_ found: [Number], _ expected: [Number]) -> Int? {
  guard found.count == expected.count else { return min(found.count, expected.count) }
  return found.indices.first { i in
    let (x, y) = (found[i], expected[i])
    return x.isNaN ? !y.isNaN : x != y || x.sign != y.sign
  }
}

/// The kernels over arrays.
struct Kernel {
  var path: ckernels_path

  func affine(
    _ m: Int, _ k: Int, _ n: Int, _ x: [Float], _ w: [Float], _ b: [Float]?, takingTanh: Bool = false
  ) -> [Float] {
    let function = unsafe takingTanh ? ckernels_affine_tanh : ckernels_affine
    var y = [Float](repeating: .nan, count: m * n)
    if let b {
      unsafe function(path, m, k, n, x, w, b, &y)
    } else {
      unsafe function(path, m, k, n, x, w, nil, &y)
    }
    return y
  }

  func affineAdjoint(
    _ m: Int, _ k: Int, _ n: Int, _ dy: [Float], _ w: [Float], throughTanh y: [Float]? = nil
  ) -> [Float] {
    var dx = [Float](repeating: .nan, count: m * n)
    if let y {
      unsafe ckernels_affine_adjoint(path, m, k, n, dy, w, y, &dx)
    } else {
      unsafe ckernels_affine_adjoint(path, m, k, n, dy, w, nil, &dx)
    }
    return dx
  }

  func product(_ m: Int, _ k: Int, _ n: Int, _ x: [Float], _ dy: [Float], into dw: inout [Float]) {
    unsafe ckernels_accumulate_product(path, m, k, n, x, dy, &dw)
  }

  func rows(_ m: Int, _ n: Int, _ dy: [Float], into db: inout [Float]) {
    unsafe ckernels_accumulate_rows(path, m, n, dy, &db)
  }

  func transpose(_ k: Int, _ n: Int, _ w: [Float]) -> [Float] {
    var out = [Float](repeating: .nan, count: k * n)
    unsafe ckernels_transpose(k, n, w, &out)
    return out
  }

  func tanh(_ x: [Float]) -> [Float] {
    var y = x
    unsafe ckernels_tanh(path, x.count, x, &y)
    return y
  }

  func exp(_ x: [Float]) -> [Float] {
    var y = x
    unsafe ckernels_exp(path, x.count, x, &y)
    return y
  }

  func log(_ x: [Float]) -> [Float] {
    var y = x
    unsafe ckernels_log(path, x.count, x, &y)
    return y
  }

  func tanhAdjoint(_ y: [Float], _ d: [Float]) -> [Float] {
    var d = d
    unsafe ckernels_tanh_adjoint(path, y.count, y, &d)
    return d
  }

  func logSoftmax(_ m: Int, _ n: Int, _ z: [Float]) -> [Float] {
    var out = z
    unsafe ckernels_log_softmax(path, m, n, z, &out)
    return out
  }
}
