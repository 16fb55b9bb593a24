extension Space {
  /// The size of a space that is one box [row × column × channel], or [row × column] with one channel; nil for others.
  public var image: (height: Int, width: Int, channels: Int)? {
    guard leaves.count == 1, case .box(let shape, _, _, _) = leaves[0].kind,
      shape.count == 2 || shape.count == 3
    else { return nil }
    return (shape[0], shape[1], shape.count == 3 ? shape[2] : 1)
  }

  /// Returns the space of `count` elements together; the channels of images are concatenated.
  func stacked(_ count: Int) -> Space {
    guard let image, case .box(_, let low, let high, let element) = leaves[0].kind else {
      return Space(
        leaves: (0..<count).flatMap { frame in
          leaves.map { Leaf(path: $0.path.isEmpty ? "\(frame)" : "\(frame).\($0.path)", kind: $0.kind) }
        })
    }
    func repeated(_ bounds: [Double]) -> [Double] {
      stride(from: 0, to: bounds.count, by: image.channels).flatMap { start in
        (0..<count).flatMap { _ in bounds[start..<start + image.channels] }
      }
    }
    return Space(
      .box(
        shape: [image.height, image.width, image.channels * count], low: repeated(low),
        high: repeated(high), element: element))
  }
}
