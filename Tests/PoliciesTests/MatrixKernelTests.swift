import AscentRandomness
import CAscentKernels
import Testing

/// Sizes of a product, and a seed for its numbers.
struct Shape: CustomTestStringConvertible {
  var m, k, n: Int
  var testDescription: String { "\(m)×\(k)×\(n)" }

  /// Odd and even sizes around the widths of vectors, blocks and slabs, then random ones.
  static var all: [Shape] {
    get throws {
      var shapes = [
        Shape(m: 1, k: 64, n: 64), Shape(m: 9, k: 4, n: 64), Shape(m: 31, k: 64, n: 2),
        Shape(m: 7, k: 64, n: 1), Shape(m: 6, k: 17, n: 65), Shape(m: 13, k: 300, n: 17),
        Shape(m: 300, k: 3, n: 24), Shape(m: 5, k: 1, n: 1), Shape(m: 4, k: 256, n: 48),
        // Many rows, so that columns of w are copied, in several slabs; and an adjoint that does so.
        Shape(m: 40, k: 300, n: 100), Shape(m: 300, k: 40, n: 130), Shape(m: 8, k: 64, n: 64),
        // More rows than are computed at a time, and steps of a chain so far apart that their rows are copied.
        Shape(m: 403, k: 20, n: 40), Shape(m: 20, k: 700, n: 40), Shape(m: 300, k: 337, n: 33),
        // A few columns, where vectors stand for rows: four, two and one of them at once, and rows that are left.
        Shape(m: 61, k: 66, n: 1), Shape(m: 63, k: 65, n: 2), Shape(m: 29, k: 67, n: 3),
        Shape(m: 30, k: 300, n: 4),
      ]
      let numbers = try stream(11)
      for _ in 0..<16 {
        shapes.append(
          Shape(
            m: 1 + Int(40 * numbers.uniform()), k: 1 + Int(90 * numbers.uniform()),
            n: 1 + Int(140 * numbers.uniform())))
      }
      return shapes
    }
  }
}

@Suite struct `A matrix kernel` {
  /// Rows in pieces of random sizes.
  func cuts(of m: Int, _ numbers: RandomStream) -> [Range<Int>] {
    var cuts: [Range<Int>] = []
    var start = 0
    while start < m {
      let end = min(m, start + 1 + Int(9 * numbers.uniform()))
      cuts.append(start..<end)
      start = end
    }
    return cuts
  }

  @Test(arguments: try Shape.all)
  func `is one ascending chain on every path and for every cut of its rows`(shape: Shape) throws {
    let (m, k, n) = (shape.m, shape.k, shape.n)
    let numbers = try stream(1)
    let (x, w, b) = (numbers.floats(m * k), numbers.floats(k * n), numbers.floats(n))
    var plain = [Float](repeating: 0, count: m * n)
    for i in 0..<m {
      for j in 0..<n {
        var sum = b[j]
        for q in 0..<k { sum = sum.addingProduct(x[i * k + q], w[q * n + j]) }
        plain[i * n + j] = sum
      }
    }
    for path in paths {
      let kernel = Kernel(path: path)
      #expect(difference(kernel.affine(m, k, n, x, w, b), plain) == nil)
      let pieces = cuts(of: m, numbers).flatMap { rows in
        kernel.affine(rows.count, k, n, Array(x[rows.lowerBound * k..<rows.upperBound * k]), w, b)
      }
      #expect(difference(pieces, plain) == nil)
    }
  }

  @Test(arguments: try Shape.all)
  func `carries adjoints back in one chain over the rows, however they are cut`(shape: Shape) throws {
    let (m, k, n) = (shape.m, shape.k, shape.n)
    let numbers = try stream(2)
    let (x, w, dy) = (numbers.floats(m * k), numbers.floats(k * n), numbers.floats(m * n))
    let (before, beforeBias) = (numbers.floats(k * n), numbers.floats(n))
    var (dw, db) = (before, beforeBias)
    var dx = [Float](repeating: 0, count: m * k)
    for i in 0..<m {
      for j in 0..<n { db[j] += dy[i * n + j] }
      for q in 0..<k {
        for j in 0..<n {
          dw[q * n + j] = dw[q * n + j].addingProduct(x[i * k + q], dy[i * n + j])
          dx[i * k + q] = dx[i * k + q].addingProduct(dy[i * n + j], w[q * n + j])
        }
      }
    }
    for path in paths {
      let kernel = Kernel(path: path)
      #expect(difference(kernel.affine(m, n, k, dy, kernel.transpose(k, n, w), nil), dx) == nil)
      #expect(difference(kernel.affineAdjoint(m, n, k, dy, w), dx) == nil)
      var (found, foundBias) = (before, beforeBias)
      for rows in cuts(of: m, numbers) {
        let piece = Array(dy[rows.lowerBound * n..<rows.upperBound * n])
        kernel.product(
          rows.count, k, n, Array(x[rows.lowerBound * k..<rows.upperBound * k]), piece, into: &found)
        kernel.rows(rows.count, n, piece, into: &foundBias)
      }
      #expect(difference(found, dw) == nil)
      #expect(difference(foundBias, db) == nil)
    }
  }

  /// A chain of k fused multiply-adds is off by at most k u Σ |x w| (1 + O(k u)), u = 2⁻²⁴; the start counts as
  /// one term more.
  @Test(arguments: try Shape.all)
  func `is as close to double precision as its chain allows`(shape: Shape) throws {
    let (m, k, n) = (shape.m, shape.k, shape.n)
    let numbers = try stream(3)
    let (x, w, b) = (numbers.floats(m * k), numbers.floats(k * n), numbers.floats(n))
    let y = Kernel(path: .automatic).affine(m, k, n, x, w, b)
    for i in 0..<m {
      for j in 0..<n {
        var (sum, size) = (Double(b[j]), Double(abs(b[j])))
        for q in 0..<k {
          let term = Double(x[i * k + q]) * Double(w[q * n + j])
          sum += term
          size += abs(term)
        }
        #expect(abs(Double(y[i * n + j]) - sum) <= Double(k + 1) * 0x1p-24 * size * 1.001)
      }
    }
  }

  @Test(arguments: try Shape.all)
  func `takes tanh, and goes back through it, with the bits of the two apart`(shape: Shape) throws {
    let (m, k, n) = (shape.m, shape.k, shape.n)
    let numbers = try stream(5)
    let (x, w, b, y) = (
      numbers.floats(m * k), numbers.floats(k * n), numbers.floats(n), numbers.floats(m * n)
    )
    for path in paths {
      let kernel = Kernel(path: path)
      let apart = kernel.tanh(kernel.affine(m, k, n, x, w, b))
      #expect(difference(kernel.affine(m, k, n, x, w, b, takingTanh: true), apart) == nil)
      let back = kernel.tanhAdjoint(y, kernel.affine(m, k, n, x, w, nil))
      let turned = kernel.transpose(k, n, w)
      #expect(difference(kernel.affineAdjoint(m, k, n, x, turned, throughTanh: y), back) == nil)
    }
  }

  @Test func `leaves its target alone where there are no rows`() {
    for path in paths {
      var (dw, db): ([Float], [Float]) = ([1, 2], [3, 4])
      Kernel(path: path).product(0, 1, 2, [], [], into: &dw)
      Kernel(path: path).rows(0, 2, [], into: &db)
      #expect(dw == [1, 2])
      #expect(db == [3, 4])
      #expect(Kernel(path: path).affine(1, 0, 2, [], [], [5, 6]) == [5, 6])
    }
  }
}
