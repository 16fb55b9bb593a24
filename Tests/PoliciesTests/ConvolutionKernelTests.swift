import AscentRandomness
import CAscentKernels
import Testing

/// Pictures, and the patches of a convolution over them.
struct Geometry: CustomTestStringConvertible {
  var rows, height, width, channels, side, stride, filters: Int
  var planes = 1

  var testDescription: String {
    "\(rows) of \(height)×\(width)×\(channels) in \(planes) planes, \(filters) of \(side)×\(side) / \(stride)"
  }

  var size: Int { height * width * channels }
  var patchSize: Int { side * side * channels }
  var shape: ckernels_patches {
    ckernels_patches(height: height, width: width, channels: channels, side: side, stride: stride)
  }

  /// Pictures whose patches exceed a slab and the rows of a strip, then random ones.
  static var all: [Geometry] {
    get throws {
      var all = [
        Geometry(rows: 3, height: 20, width: 20, channels: 32, side: 4, stride: 2, filters: 64),
        Geometry(rows: 2, height: 24, width: 21, channels: 4, side: 8, stride: 4, filters: 33, planes: 4),
        Geometry(rows: 5, height: 9, width: 9, channels: 6, side: 3, stride: 1, filters: 17, planes: 2),
        Geometry(rows: 1, height: 1, width: 1, channels: 1, side: 1, stride: 3, filters: 1),
      ]
      let numbers = try stream(21)
      for _ in 0..<24 {
        let (height, width) = (1 + Int(12 * numbers.uniform()), 1 + Int(12 * numbers.uniform()))
        let planes = 1 + Int(3 * numbers.uniform())
        all.append(
          Geometry(
            rows: 1 + Int(6 * numbers.uniform()), height: height, width: width,
            channels: planes * (1 + Int(4 * numbers.uniform())),
            side: 1 + Int(Double(min(height, width, 6)) * numbers.uniform()),
            stride: 1 + Int(3 * numbers.uniform()), filters: 1 + Int(40 * numbers.uniform()), planes: planes))
      }
      return all
    }
  }

  /// The index in a row of each number of each patch.
  var patches: [[Int]] {
    let (run, pixels) = (channels / planes, height * width)
    var all: [[Int]] = []
    for top in Swift.stride(from: 0, through: height - side, by: stride) {
      for left in Swift.stride(from: 0, through: width - side, by: stride) {
        var one: [Int] = []
        for y in top..<top + side {
          for x in left..<left + side {
            for channel in 0..<channels {
              one.append((channel / run * pixels + y * width + x) * run + channel % run)
            }
          }
        }
        all.append(one)
      }
    }
    return all
  }
}

@Suite struct `A kernel of convolutions` {
  /// Calls `body` with pictures as bytes that are standardized, `atOnce` of them at a time, or as floats.
  private func withImages<Result>(
    _ geometry: Geometry, bytes: [UInt8], _ standard: [Float], floats: [Float], asBytes: Bool, atOnce: Int,
    _ body: (UnsafePointer<ckernels_images>) -> Result
  ) -> Result {
    var room = [Float](repeating: .nan, count: (atOnce + 1) * geometry.size)
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe floats.withUnsafeBufferPointer { floats in
        unsafe standard.withUnsafeBufferPointer { standard in
          unsafe room.withUnsafeMutableBufferPointer { room in
            var images = unsafe ckernels_images()
            unsafe images.floats = asBytes ? nil : floats.baseAddress
            unsafe images.bytes = asBytes ? bytes.baseAddress : nil
            unsafe images.mean = standard.baseAddress
            unsafe images.scale = standard.baseAddress.map { unsafe $0 + geometry.size }
            unsafe images.bound = 0.75
            unsafe images.planes = geometry.planes
            unsafe images.room = asBytes || geometry.planes > 1 ? room.baseAddress : nil
            unsafe images.room_images = atOnce
            return unsafe withUnsafePointer(to: images) { unsafe body($0) }
          }
        }
      }
    }
  }

  @Test(arguments: try Geometry.all, [1, 2])
  func `has the bits of products with copies of the patches, from floats and from bytes`(
    geometry: Geometry, atOnce: Int
  ) throws {
    let (numbers, patches, n) = (try stream(31), geometry.patches, geometry.filters)
    let bytes = (0..<geometry.rows * geometry.size).map { _ in UInt8(truncatingIfNeeded: numbers.nextUInt32())
    }
    let standard =
      (0..<geometry.size).map { _ in Float(100 * numbers.uniform()) }
      + (0..<geometry.size).map { _ in Float(0.01 * numbers.uniform()) }
    let read = bytes.enumerated().map { k, byte in
      let (mean, scale) = (standard[k % geometry.size], standard[geometry.size + k % geometry.size])
      return min(max((Float(byte) - mean) * scale, -0.75), 0.75)
    }
    let copies = (0..<geometry.rows).flatMap { row in
      patches.flatMap { $0.map { read[row * geometry.size + $0] } }
    }
    let (m, k) = (geometry.rows * patches.count, geometry.patchSize)
    let (w, b, dy) = (numbers.floats(k * n), numbers.floats(n), numbers.floats(m * n))
    var shape = geometry.shape
    for path in paths {
      let kernel = Kernel(path: path)
      let expected = kernel.affine(m, k, n, copies, w, b)
      var weights = w
      kernel.product(m, k, n, copies, dy, into: &weights)
      for asBytes in [true, false] {
        unsafe withImages(
          geometry, bytes: bytes, standard, floats: read, asBytes: asBytes, atOnce: atOnce
        ) { images in
          var y = [Float](repeating: .nan, count: m * n)
          unsafe ckernels_convolve(path, &shape, images, geometry.rows, n, w, b, &y)
          #expect(difference(y, expected) == nil)
          var dw = w
          unsafe ckernels_convolve_weights(path, &shape, images, geometry.rows, n, dy, &dw)
          #expect(difference(dw, weights) == nil)
        }
      }
      // The adjoint of the pictures: the patches' adjoints, added up in their order.
      guard geometry.planes == 1 else { continue }
      let adjoints = kernel.affineAdjoint(m, n, k, dy, w)
      var sums = [Float](repeating: 0, count: geometry.rows * geometry.size)
      for row in 0..<geometry.rows {
        for (p, patch) in patches.enumerated() {
          for (j, place) in patch.enumerated() {
            sums[row * geometry.size + place] += adjoints[(row * patches.count + p) * k + j]
          }
        }
      }
      var (dx, room) = (
        [Float](repeating: .nan, count: sums.count),
        [Float](repeating: .nan, count: (n + atOnce * patches.count) * k)
      )
      unsafe ckernels_convolve_inputs(path, &shape, geometry.rows, n, dy, w, &room, atOnce, &dx)
      #expect(difference(dx, sums) == nil)
    }
  }
}
