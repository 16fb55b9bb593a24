internal import AscentMathematics
internal import CAscentKernels

// The kernels of the first layers, which read some columns of the rows of observations.
extension Kernels {
  /// Copies an image from each row, and writes the channels of all its planes pixel by pixel.
  static func interleave(
    _ image: Network.Image, rows: Int, _ x: Span<Float>, _ columns: Rows, into out: inout MutableSpan<Float>
  ) {
    Require.count(
      x.count, of: "observations", atLeast: columns.start + extent(rows, image.size, columns.stride))
    Require.count(out.count, of: "images", atLeast: rows * image.size)
    unsafe x.withUnsafeBufferPointer { x in
      unsafe out.withUnsafeMutableBufferPointer { out in
        guard let x = x.baseAddress, let out = out.baseAddress else { return }
        unsafe ckernels_interleave(
          image.planes, image.height * image.width, image.channels / image.planes, rows, x + columns.start,
          columns.stride, out)
      }
    }
  }

  /// y += x w, where x has `map.inputs` columns of each row.
  static func addProduct(
    _ map: AffineShape, rows: Int, _ x: Span<Float>, _ columns: Rows, _ θ: Span<Float>,
    into y: inout MutableSpan<Float>
  ) {
    Require.count(
      x.count, of: "observations", atLeast: columns.start + extent(rows, map.inputs, columns.stride))
    requireParameters(map, θ.count, outputs: y.count, rows)
    unsafe with(x, θ, &y) { x, θ, y in
      unsafe ckernels_add_product(
        .automatic, rows, map.inputs, map.outputs, x + columns.start, columns.stride, θ + map.weight, y)
    }
  }

  /// Adds xᵀ dy to the gradient of w.
  static func addProductAdjoint(
    _ map: AffineShape, rows: Int, _ x: Span<Float>, _ columns: Rows, _ dy: Span<Float>,
    into gradient: inout MutableSpan<Float>
  ) {
    Require.count(
      x.count, of: "observations", atLeast: columns.start + extent(rows, map.inputs, columns.stride))
    requireParameters(map, gradient.count, outputs: dy.count, rows)
    unsafe with(x, dy, &gradient) { x, dy, g in
      unsafe ckernels_accumulate_columns(
        .automatic, rows, map.inputs, map.outputs, x + columns.start, columns.stride, dy, g + map.weight)
    }
  }

  /// y += the row of w that each index names.
  static func addRows(
    _ map: AffineShape, rows: Int, _ x: Span<Float>, _ column: Rows, _ θ: Span<Float>,
    into y: inout MutableSpan<Float>
  ) {
    Require.count(x.count, of: "observations", atLeast: column.start + extent(rows, 1, column.stride))
    requireParameters(map, θ.count, outputs: y.count, rows)
    unsafe with(x, θ, &y) { x, θ, y in
      unsafe ckernels_gather_rows(
        .automatic, rows, map.inputs, map.outputs, x + column.start, column.stride, θ + map.weight, y)
    }
  }

  /// Adds dy to the row of the gradient of w that each index names.
  static func addRowsAdjoint(
    _ map: AffineShape, rows: Int, _ x: Span<Float>, _ column: Rows, _ dy: Span<Float>,
    into gradient: inout MutableSpan<Float>
  ) {
    Require.count(x.count, of: "observations", atLeast: column.start + extent(rows, 1, column.stride))
    requireParameters(map, gradient.count, outputs: dy.count, rows)
    unsafe with(x, dy, &gradient) { x, dy, g in
      unsafe ckernels_scatter_rows(
        .automatic, rows, map.inputs, map.outputs, x + column.start, column.stride, dy, g + map.weight)
    }
  }

  /// Adds Σ dy to the gradient of the bias.
  static func accumulateRows(
    _ map: AffineShape, rows: Int, _ dy: Span<Float>, into gradient: inout MutableSpan<Float>
  ) {
    Require.count(dy.count, of: "adjoints of a layer's outputs", atLeast: rows * map.outputs)
    Require.count(gradient.count, of: "gradient", atLeast: map.end)
    unsafe with(dy, dy, &gradient) { dy, _, g in
      unsafe ckernels_accumulate_rows(.automatic, rows, map.outputs, dy, g + map.bias)
    }
  }

  /// Requires room for the weights of a map, and for its outputs.
  private static func requireParameters(_ map: AffineShape, _ count: Int, outputs: Int, _ rows: Int) {
    Require.count(count, of: "parameters of a layer", atLeast: map.bias)
    Require.count(outputs, of: "outputs of a layer", atLeast: rows * map.outputs)
  }

  private static func with(
    _ x: Span<Float>, _ w: Span<Float>, _ y: inout MutableSpan<Float>,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    unsafe x.withUnsafeBufferPointer { x in
      unsafe w.withUnsafeBufferPointer { w in
        unsafe y.withUnsafeMutableBufferPointer { y in
          guard let x = x.baseAddress, let w = w.baseAddress, let y = y.baseAddress else { return }
          unsafe body(x, w, y)
        }
      }
    }
  }
}

/// The planes of pictures of bytes, of which several pictures may have the same.
///
/// A call whose arrays do not fit ends the program.
package enum PicturePlanes {
  /// The largest number of planes of a picture.
  package static let most = Int(CKERNELS_MOST_PLANES)

  /// Writes a picture [pixel × plane] of planes [pixel] that a store has one after the other.
  ///
  /// - Parameters:
  ///   - places: the number of each plane in the store.
  ///   - store: the planes.
  ///   - pixels: the size of a plane.
  ///   - picture: the array that has room for the picture.
  ///   - next: the index at which the picture begins.
  package static func join(
    _ places: Span<Int32>, of store: Span<UInt8>, pixels: Int, into picture: inout MutableSpan<UInt8>,
    at next: Int
  ) {
    require(places, store.count, pixels, picture.count, next)
    let count = places.count
    unsafe with(places, store, &picture) { places, store, picture in
      unsafe ckernels_join_planes(count, pixels, store, places, picture + next)
    }
  }

  /// Writes a picture as floats.
  package static func join(
    _ places: Span<Int32>, of store: Span<UInt8>, pixels: Int, into picture: inout MutableSpan<Float>,
    at next: Int
  ) {
    require(places, store.count, pixels, picture.count, next)
    let count = places.count
    unsafe with(places, store, &picture) { places, store, picture in
      unsafe ckernels_join_planes_as_floats(count, pixels, store, places, picture + next)
    }
  }

  private static func require(_ places: Span<Int32>, _ stored: Int, _ pixels: Int, _ room: Int, _ next: Int) {
    Require.that(places.count <= most, "a picture must have at most 32 planes")
    for k in places.indices {
      Require.that(
        places[k] >= 0 && (Int(places[k]) + 1) * pixels <= stored, "a plane must be one of its store")
    }
    Require.that(next >= 0 && pixels >= 0, "indices and sizes of pictures must not be negative")
    Require.count(room, of: "picture", atLeast: next + places.count * pixels)
  }

  private static func with<Number>(
    _ places: Span<Int32>, _ store: Span<UInt8>, _ picture: inout MutableSpan<Number>,
    _ body: (UnsafePointer<Int32>, UnsafePointer<UInt8>, UnsafeMutablePointer<Number>) -> Void
  ) {
    unsafe places.withUnsafeBufferPointer { places in
      unsafe store.withUnsafeBufferPointer { store in
        unsafe picture.withUnsafeMutableBufferPointer { picture in
          guard let places = places.baseAddress, let store = store.baseAddress,
            let picture = picture.baseAddress
          else { return }
          unsafe body(places, store, picture)
        }
      }
    }
  }

  /// Writes the planes [plane × pixel] of a picture [pixel × plane] of `count` planes.
  package static func split(_ picture: Span<UInt8>, count: Int, into planes: inout MutableSpan<UInt8>) {
    Require.that(count > 0 && picture.count % count == 0, "a picture must consist of whole planes")
    Require.count(planes.count, of: "planes", atLeast: picture.count)
    let pixels = picture.count / count
    unsafe picture.withUnsafeBufferPointer { picture in
      unsafe planes.withUnsafeMutableBufferPointer { planes in
        guard let picture = picture.baseAddress, let planes = planes.baseAddress else { return }
        unsafe ckernels_split_planes(count, pixels, picture, planes)
      }
    }
  }

  /// True if two planes have the same bytes.
  package static func areEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    return unsafe one.withUnsafeBufferPointer { one in
      unsafe other.withUnsafeBufferPointer { other in
        guard let x = one.baseAddress, let y = other.baseAddress else { return true }
        return unsafe ckernels_are_equal_bytes(one.count, x, y)
      }
    }
  }
}
