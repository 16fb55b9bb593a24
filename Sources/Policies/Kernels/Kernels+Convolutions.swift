internal import AscentMathematics
internal import CAscentKernels

/// Rows of bytes that a network's first layer reads as pictures, in place of floats.
struct Pixels {
  /// [row × number].
  var bytes: [UInt8] = []
  /// The mean and then 1/deviation of each number of a row; empty if bytes are read as they are.
  var standard: [Float] = []
  /// The bound ± of standardized numbers.
  var bound: Float = .infinity
}

/// The pictures that a convolution reads: floats, or bytes of the workspace.
struct PictureRows {
  /// The number of pictures.
  let rows: Int
  /// Room for the pictures that are converted at a time; unused if they are floats of a single plane.
  var room: [Float] = []
  /// Bytes, if the pictures are not floats.
  var pixels: Pixels?
}

// The kernels of convolutions.
extension Kernels {
  /// y = b + patches w, or without b.
  static func convolve(
    _ layer: ConvolutionLayer, hasBias: Bool = true, _ x: Span<Float>, _ pictures: inout PictureRows,
    _ θ: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    let (shape, rows) = (layer.shape, pictures.rows)
    Require.count(θ.count, of: "parameters of a layer", atLeast: hasBias ? shape.end : shape.bias)
    Require.count(y.count, of: "outputs of a layer", atLeast: rows * layer.outputSize)
    unsafe θ.withUnsafeBufferPointer { θ in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let θ = θ.baseAddress, let y = y.baseAddress else { return }
        unsafe withImages(of: layer, x, &pictures) { patches, images in
          unsafe ckernels_convolve(
            .automatic, patches, images, rows, shape.outputs, θ + shape.weight,
            hasBias ? θ + shape.bias : nil, y)
        }
      }
    }
  }

  /// Adds patchesᵀ dy and Σ dy to the gradients of the layer's weights and bias.
  static func convolveAdjoint(
    _ layer: ConvolutionLayer, _ x: Span<Float>, _ pictures: inout PictureRows, _ dy: Span<Float>,
    into gradient: inout MutableSpan<Float>
  ) {
    let (shape, rows) = (layer.shape, pictures.rows)
    Require.count(dy.count, of: "adjoints of a layer's outputs", atLeast: rows * layer.outputSize)
    Require.count(gradient.count, of: "gradient", atLeast: shape.end)
    unsafe dy.withUnsafeBufferPointer { dy in
      unsafe gradient.withUnsafeMutableBufferPointer { g in
        guard let dy = dy.baseAddress, let g = g.baseAddress else { return }
        unsafe withImages(of: layer, x, &pictures) { patches, images in
          unsafe ckernels_convolve_weights(
            .automatic, patches, images, rows, shape.outputs, dy, g + shape.weight)
        }
        unsafe ckernels_accumulate_rows(
          .automatic, rows * layer.patches.count, shape.outputs, dy, g + shape.bias)
      }
    }
  }

  /// dx = the adjoint of the pictures, given that of the outputs.
  static func convolveInputAdjoint(
    _ layer: ConvolutionLayer, rows: Int, _ dy: Span<Float>, _ θ: Span<Float>, room: inout [Float],
    into dx: inout MutableSpan<Float>
  ) {
    let (shape, patches) = (layer.shape, layer.patches)
    let atOnce = max(1, positionsAtOnce / patches.count)
    LayerScratch.grow(&room, shape.inputs * (shape.outputs + atOnce * patches.count))
    Require.count(dy.count, of: "adjoints of a layer's outputs", atLeast: rows * layer.outputSize)
    Require.count(θ.count, of: "parameters of a layer", atLeast: shape.bias)
    Require.count(dx.count, of: "adjoints of a layer's inputs", atLeast: rows * patches.image.size)
    unsafe dy.withUnsafeBufferPointer { dy in
      unsafe θ.withUnsafeBufferPointer { θ in
        unsafe room.withUnsafeMutableBufferPointer { room in
          unsafe dx.withUnsafeMutableBufferPointer { dx in
            guard let dy = dy.baseAddress, let θ = θ.baseAddress, let room = room.baseAddress,
              let dx = dx.baseAddress
            else { return }
            unsafe withUnsafePointer(to: patches.shape) { shape in
              unsafe ckernels_convolve_inputs(
                .automatic, shape, rows, layer.shape.outputs, dy, θ + layer.shape.weight, room, atOnce, dx)
            }
          }
        }
      }
    }
  }

  /// The number of patches whose adjoints are added up at a time, so that they stay in the cache.
  private static let positionsAtOnce = 192
  /// The number of floats that are converted from bytes at a time.
  private static let floatsAtOnce = 32_768

  /// Calls `body` with the pictures as C reads them.
  private static func withImages(
    of layer: ConvolutionLayer, _ x: Span<Float>, _ pictures: inout PictureRows,
    _ body: (UnsafePointer<ckernels_patches>, UnsafePointer<ckernels_images>) -> Void
  ) {
    let image = layer.patches.image
    let (isConverted, atOnce) = (
      pictures.pixels != nil || image.planes > 1, max(1, floatsAtOnce / image.size)
    )
    if isConverted { LayerScratch.grow(&pictures.room, (atOnce + 1) * image.size) }
    if let pixels = pictures.pixels {
      Require.count(pixels.bytes.count, of: "bytes of pictures", atLeast: pictures.rows * image.size)
      if !pixels.standard.isEmpty {
        Require.count(
          pixels.standard.count, of: "means and scales of a picture", is: 2 * image.size, "two a number")
      }
    } else {
      Require.count(x.count, of: "inputs of a layer", atLeast: pictures.rows * image.size)
    }
    let pixels = pictures.pixels
    unsafe x.withUnsafeBufferPointer { x in
      unsafe (pixels?.bytes ?? []).withUnsafeBufferPointer { bytes in
        unsafe (pixels?.standard ?? []).withUnsafeBufferPointer { standard in
          unsafe pictures.room.withUnsafeMutableBufferPointer { room in
            var images = unsafe ckernels_images()
            if pixels == nil {
              unsafe images.floats = x.baseAddress
            } else {
              unsafe images.bytes = bytes.baseAddress
            }
            if let mean = standard.baseAddress, !standard.isEmpty {
              unsafe (images.mean, images.scale) = (mean, mean + image.size)
            }
            unsafe images.bound = pixels?.bound ?? .infinity
            unsafe images.planes = image.planes
            unsafe images.room = isConverted ? room.baseAddress : nil
            unsafe images.room_images = atOnce
            unsafe withUnsafePointer(to: layer.patches.shape) { patches in
              unsafe withUnsafePointer(to: images) { unsafe body(patches, $0) }
            }
          }
        }
      }
    }
  }
}

extension Patches {
  /// The patches as C reads them.
  fileprivate var shape: ckernels_patches {
    ckernels_patches(
      height: image.height, width: image.width, channels: image.channels, side: side, stride: stride)
  }
}
