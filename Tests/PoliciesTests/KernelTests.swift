import CKernels
import Testing

/// Kernels keep their path in one place, so these tests take turns.
@Suite(.serialized) struct `The kernels` {
  static let paths: [ckernels_path] = {
    [.portable, .avx2, .avx512].filter { $0.rawValue <= ckernels_widest_path().rawValue }
  }()

  /// Numbers in (−1, 1) from a linear congruence: only their variety matters.
  static func numbers(_ count: Int, _ seed: Int) -> [Float] {
    var x = UInt64(truncatingIfNeeded: seed &* 2_654_435_769 &+ 1)
    return (0..<count).map { _ in
      x = x &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int64(x >> 40) - 8_388_608) / 8_388_608
    }
  }

  static let shapes = [
    (1, 1, 1), (3, 4, 2), (8, 4, 64), (17, 64, 1), (9, 64, 2), (33, 64, 64), (5, 64, 17), (12, 348, 33),
    (7, 17, 100), (20, 3, 130), (6, 65, 49), (25, 10, 16),
  ]

  private func product(_ m: Int, _ k: Int, _ n: Int, chunk: Int) -> [[Float]] {
    let (x, w, b, dy) = (
      Self.numbers(m * k, 1), Self.numbers(k * n, 2), Self.numbers(n, 3), Self.numbers(m * n, 4)
    )
    var y = [Float](repeating: 0, count: m * n)
    var dx = [Float](repeating: 0, count: m * k)
    var (dw, db) = (Self.numbers(k * n, 5), Self.numbers(n, 6))
    var room = [Float](repeating: 0, count: k * n)
    var first = 0
    while first < m {
      let rows = min(chunk, m - first)
      // swift-format-ignore: NeverForceUnwrap
      unsafe x.withUnsafeBufferPointer { x in
        unsafe dy.withUnsafeBufferPointer { dy in
          unsafe y.withUnsafeMutableBufferPointer { y in
            unsafe dx.withUnsafeMutableBufferPointer { dx in
              let (x, dy) = unsafe (x.baseAddress! + first * k, dy.baseAddress! + first * n)
              unsafe ckernels_affine(rows, k, n, x, w, b, y.baseAddress! + first * n)
              unsafe ckernels_affine_adjoint_input(rows, k, n, dy, w, &room, dx.baseAddress! + first * k)
              unsafe ckernels_affine_adjoint_weights(rows, k, n, x, dy, &dw, &db)
            }
          }
        }
      }
      first += rows
    }
    return [y, dx, dw, db]
  }

  @Test(arguments: shapes)
  func `multiply to the same bits however rows are cut and registers are wide`(m: Int, k: Int, n: Int) {
    defer { ckernels_use_path(ckernels_widest_path()) }
    ckernels_use_path(.portable)
    let expected = product(m, k, n, chunk: m)
    for path in Self.paths {
      ckernels_use_path(path)
      #expect(ckernels_current_path() == path)
      for chunk in [1, 2, 5, 8, m] { #expect(product(m, k, n, chunk: chunk) == expected) }
    }
  }

  /// Chains of k products of numbers below 1 round by at most k · 2⁻²⁴ · k.
  @Test(arguments: shapes)
  func `multiply as a plain loop in double precision does`(m: Int, k: Int, n: Int) {
    let (x, w, b, dy) = (
      Self.numbers(m * k, 1), Self.numbers(k * n, 2), Self.numbers(n, 3), Self.numbers(m * n, 4)
    )
    let found = product(m, k, n, chunk: m)
    let longest = Double(max(m, k, n) + 1)
    let bound = longest * longest * 6e-8
    let (dw, db) = (Self.numbers(k * n, 5), Self.numbers(n, 6))
    for i in 0..<m {
      for j in 0..<n {
        let y = (0..<k).reduce(Double(b[j])) { $0 + Double(x[i * k + $1]) * Double(w[$1 * n + j]) }
        #expect(abs(Double(found[0][i * n + j]) - y) <= bound)
      }
      for p in 0..<k {
        let dx = (0..<n).reduce(0.0) { $0 + Double(dy[i * n + $1]) * Double(w[p * n + $1]) }
        #expect(abs(Double(found[1][i * k + p]) - dx) <= bound)
      }
    }
    for j in 0..<n {
      for p in 0..<k {
        let sum = (0..<m).reduce(Double(dw[p * n + j])) {
          $0 + Double(x[$1 * k + p]) * Double(dy[$1 * n + j])
        }
        #expect(abs(Double(found[2][p * n + j]) - sum) <= bound)
      }
      let sum = (0..<m).reduce(Double(db[j])) { $0 + Double(dy[$1 * n + j]) }
      #expect(abs(Double(found[3][j]) - sum) <= bound)
    }
  }

  /// Every exponent of float32, both signs, many mantissas, and the edges.
  static let grid: [Float] = {
    var grid: [Float] = [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    for bits in stride(from: UInt32(0), to: 0x7F80_0000, by: 40_009) {
      grid.append(Float(bitPattern: bits))
      grid.append(-Float(bitPattern: bits))
    }
    for k in -20_000...20_000 { grid.append(Float(k) / 1500) }
    return grid
  }()

  private func apply(
    _ kernel: (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void, _ x: [Float]
  ) -> [Float] {
    var y = x
    unsafe kernel(x.count, x, &y)
    return y
  }

  @Test func `have a tanh that is off by less than 3e-7`() {
    for (x, y) in zip(Self.grid, unsafe apply(ckernels_tanh, Self.grid)) {
      // tanh x = 1 − 2/(e^{2x} + 1), in double precision.
      let reference = abs(x) < 1e-3 ? Double(x) : 1 - 2 / (exponential(2 * Double(x)) + 1)
      #expect(abs(Double(y) - reference) < 3e-7, "tanh \(x)")
    }
    #expect(unsafe apply(ckernels_tanh, [.nan])[0].isNaN)
  }

  @Test func `have an exp that is off by less than 3e-7 of it`() {
    for (x, y) in zip(Self.grid, unsafe apply(ckernels_exp, Self.grid)) {
      let reference = exponential(Double(x))
      if reference > Double(Float.greatestFiniteMagnitude) {
        #expect(y == .infinity, "exp \(x)")
      } else {
        // Among the subnormal numbers one unit is 1.4e-45.
        #expect(abs(Double(y) - reference) <= 3e-7 * reference + 1.5e-45, "exp \(x)")
      }
    }
    #expect(unsafe apply(ckernels_exp, [.nan])[0].isNaN)
  }

  @Test func `have a log that is off by less than 3e-7`() {
    let positive = Self.grid.filter { $0 > 0 && $0.isFinite }
    for (x, y) in zip(positive, unsafe apply(ckernels_log, positive)) {
      let reference = logarithm(Double(x))
      #expect(abs(Double(y) - reference) <= 3e-7 * max(1, abs(reference)), "log \(x)")
    }
    let edges = unsafe apply(ckernels_log, [0, -1, .infinity, .nan, 1])
    #expect(edges[0] == -.infinity && edges[1].isNaN && edges[2] == .infinity && edges[3].isNaN)
    #expect(edges[4] == 0)
  }

  @Test func `have elementwise functions with the same bits on every path`() {
    defer { ckernels_use_path(ckernels_widest_path()) }
    let kernels = unsafe [ckernels_tanh, ckernels_exp, ckernels_log]
    for unsafekernel in unsafe kernels {
      ckernels_use_path(.portable)
      let expected = unsafe apply(kernel, Self.grid).map(\.bitPattern)
      for path in Self.paths {
        ckernels_use_path(path)
        for count in [1, 3, 7, 16, 37] {
          #expect(
            unsafe apply(kernel, Array(Self.grid[100..<100 + count])).map(\.bitPattern)
              == Array(expected[100..<100 + count]))
        }
        #expect(unsafe apply(kernel, Self.grid).map(\.bitPattern) == expected)
      }
    }
  }

  @Test func `have a softmax that sums to 1`() {
    for n in [1, 2, 3, 18] {
      let x = Self.numbers(5 * n, 8).map { $0 * 30 }
      var y = x
      unsafe ckernels_log_softmax(5, n, x, &y)
      for row in 0..<5 {
        let sum = y[row * n..<(row + 1) * n].reduce(0.0) { $0 + exponential(Double($1)) }
        #expect(abs(sum - 1) < 1e-5)
      }
    }
  }

  /// One step by hand: m = 0.1 g, v = 0.001 g², both corrections undo the factors, so Δθ = α g/(|g| + ε).
  @Test func `have an Adam whose first step has the size of the rate`() {
    var (θ, m, v) = (
      [Float](repeating: 1, count: 3), [Float](repeating: 0, count: 3), [Float](repeating: 0, count: 3)
    )
    unsafe ckernels_adam(3, 0.01 / 0.1, 1 / 0.001, 0.9, 0.999, 1e-8, [2, -3, 0], &m, &v, &θ)
    for (found, expected) in zip(θ, [1.01, 0.99, 1] as [Float]) { #expect(abs(found - expected) < 1e-6) }
    #expect(abs(m[1] + 0.3) < 1e-6 && abs(v[1] - 0.009) < 1e-6)
  }
}
