internal import AscentPolicies

/// Solves F x = g for a symmetric positive definite F given by its products F v (Hestenes and Stiefel 1952).
enum ConjugateGradient {
  /// Makes at most `steps` steps from x = 0; stops early if the squared norm of the residual is at most 1e-10.
  ///
  /// - Returns: x.
  static func solve(
    _ g: [Float], steps: Int, product: (_ v: [Float], _ into: inout [Float]) -> Void
  ) -> [Float] {
    var x = Array(repeating: Float(0), count: g.count)
    var (residual, direction, image) = (g, g, x)
    var square = ParameterUpdate.squareNorm(residual.span)
    let enough = 1e-10
    for _ in 0..<steps where square > enough {
      product(direction, &image)
      let α = square / ParameterUpdate.dot(direction.span, image.span)
      guard α.isFinite else { break }
      add(&x, direction, Float(α))
      add(&residual, image, Float(-α))
      let next = ParameterUpdate.squareNorm(residual.span)
      let β = Float(next / square)
      square = next
      // d ← r + β d
      for k in direction.indices { direction[k] = residual[k] + β * direction[k] }
    }
    return x
  }

  private static func add(_ x: inout [Float], _ y: [Float], _ factor: Float) {
    var span = x.mutableSpan
    ParameterUpdate.ascend(&span, along: y.span, rate: factor)
  }
}
