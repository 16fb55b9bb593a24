import AscentPolicies
import AscentRandomness
import CAscentKernels
import Foundation
import Testing

@Suite struct `An elementwise kernel` {
  /// Zeros, infinities, NaN, subnormal numbers, and the borders of overflow and underflow.
  static let edges: [Float] = [
    0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude, -.leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    88.72283, 88.72284, -87.33655, -103.27893, -103.97208, -104.5, 9, -9, 1, -1,
  ]

  /// One float in 997, all exponents, both signs.
  static var everywhere: [Float] {
    stride(from: UInt32(0), through: .max - 997, by: 997).map(Float.init(bitPattern:))
  }

  /// The distance in units of the last place of the exact value.
  func ulps(_ found: Float, _ exact: Double) -> Double {
    let unit = max(Double(Float(exact).ulp), Double(Float.leastNonzeroMagnitude))
    return abs(Double(found) - exact) / unit
  }

  @Test func `has a tanh within 3e-7 that is odd and bounded by 1`() {
    let x = Self.everywhere.filter { !$0.isNaN }
    let (y, mirrored) = (Kernel(path: .automatic).tanh(x), Kernel(path: .automatic).tanh(x.map { -$0 }))
    var worst = 0.0
    for i in x.indices { worst = max(worst, abs(Double(y[i]) - tanh(Double(x[i])))) }
    #expect(worst <= 3e-7)
    #expect(y.allSatisfy { abs($0) <= 1 })
    #expect(difference(mirrored, y.map { -$0 }) == nil)
  }

  @Test func `has an exp within 1.5 units in the last place`() {
    let x = Self.everywhere.filter { !$0.isNaN }
    let y = Kernel(path: .automatic).exp(x)
    var worst = 0.0
    for i in x.indices {
      let exact = exp(Double(x[i]))
      if Float(exact).isInfinite || y[i].isInfinite {
        #expect(y[i] == Float(exact), "exp \(x[i])")
      } else {
        worst = max(worst, ulps(y[i], exact))
      }
    }
    #expect(worst <= 1.5)
  }

  @Test func `has a log within 1.5 units in the last place`() {
    let x = Self.everywhere.filter { $0 > 0 && $0.isFinite }
    let y = Kernel(path: .automatic).log(x)
    var worst = 0.0
    for i in x.indices { worst = max(worst, ulps(y[i], log(Double(x[i])))) }
    #expect(worst <= 1.5)
  }

  @Test func `takes edge cases as mathematics does`() {
    for path in paths {
      let kernel = Kernel(path: path)
      #expect(difference(kernel.tanh([0, -0.0, .infinity, -.infinity]), [0, -0.0, 1, -1]) == nil)
      #expect(kernel.exp([0, -0.0, .infinity, -.infinity]) == [1, 1, .infinity, 0])
      #expect(kernel.log([0, -0.0, 1, .infinity]) == [-.infinity, -.infinity, 0, .infinity])
      #expect(kernel.log([-1, -.infinity, -.leastNonzeroMagnitude, .nan]).allSatisfy { $0.isNaN })
      #expect(kernel.tanh([.nan])[0].isNaN && kernel.exp([.nan])[0].isNaN)
      #expect(kernel.tanh([.leastNonzeroMagnitude]) == [.leastNonzeroMagnitude])
    }
  }

  @Test func `has the same bits on every path`() {
    let x = Self.everywhere.enumerated().filter { $0.offset % 16 == 0 }.map(\.element)
    let plain = Kernel(path: .portable)
    for path in paths {
      let kernel = Kernel(path: path)
      #expect(difference(kernel.tanh(x), plain.tanh(x)) == nil)
      #expect(difference(kernel.exp(x), plain.exp(x)) == nil)
      #expect(difference(kernel.log(x), plain.log(x)) == nil)
    }
  }

  @Test(arguments: 0...35)
  func `has the same bits wherever an element stands in a vector`(count: Int) throws {
    let numbers = try stream(5)
    let x = (0..<count).map { $0 % 4 == 3 ? Self.edges[$0 / 4] : 30 * numbers.floats(1)[0] }
    let d = numbers.floats(count)
    for path in paths {
      let kernel = Kernel(path: path)
      #expect(difference(kernel.tanh(x), x.flatMap { kernel.tanh([$0]) }) == nil)
      #expect(difference(kernel.exp(x), x.flatMap { kernel.exp([$0]) }) == nil)
      #expect(difference(kernel.log(x), x.flatMap { kernel.log([$0]) }) == nil)
      #expect(
        difference(kernel.tanhAdjoint(x, d), zip(x, d).map { y, d in d * (1 as Float).addingProduct(-y, y) })
          == nil)
    }
  }

  @Test(arguments: [1, 2, 3, 6, 18, 300], [1, 7, 64, 130])
  func `has a log-softmax whose rows do not see one another`(n: Int, m: Int) throws {
    let z = try stream(6).floats(m * n).map { 8 * $0 }
    let plain = (0..<m).flatMap { i in
      Kernel(path: .portable).logSoftmax(1, n, Array(z[i * n..<(i + 1) * n]))
    }
    for path in paths {
      #expect(difference(Kernel(path: path).logSoftmax(m, n, z), plain) == nil)
    }
    for i in 0..<m {
      let row = z[i * n..<(i + 1) * n].map(Double.init)
      let total = log(row.map { exp($0) }.reduce(0, +))
      for j in 0..<n {
        // Two roundings of numbers up to 16, a sum of n terms, and the errors of exp and log.
        let tolerance = 0x1p-24 * (32 + Double(n) + 4)
        #expect(abs(Double(plain[i * n + j]) - (row[j] - total)) <= tolerance)
      }
    }
  }

  @Test func `has a log-softmax that survives huge logits and NaN`() {
    let kernel = Kernel(path: .automatic)
    #expect(kernel.logSoftmax(1, 2, [3e38, -3e38]) == [0, -.infinity])
    #expect(kernel.logSoftmax(1, 2, [-.infinity, 1]) == [-.infinity, 0])
    #expect(kernel.logSoftmax(2, 2, [.nan, 1, 0, 0])[2...] == kernel.logSoftmax(1, 2, [0, 0])[...])
  }
}

@Suite struct `A kernel path` {
  @Test func `is the best that the processor has, and never one that it lacks`() {
    let best = ckernels_path_taken(.automatic)
    #expect(KernelPath.current == [.portable, .avx2, .avx512][Int(best.rawValue) - 1])
    for path in [ckernels_path.portable, .avx2, .avx512] {
      #expect(ckernels_path_taken(path).rawValue == min(path.rawValue, best.rawValue))
    }
  }
}
