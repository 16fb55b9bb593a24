internal import AscentMathematics

// The numbers that describe the action distributions, computed from the network's outputs.
extension Policy {
  func makeHead(_ θ: Parameters, _ observations: Span<Float>, _ rows: Int, in workspace: inout Workspace) {
    let outputs = workspace.actor.last
    let width = Rows(stride: actor.outputSize)
    for factor in factors {
      if factor.choiceCount > 0 {
        choose(factor, outputs, observations, rows, in: &workspace)
      } else {
        workspace.head.values.withMutableSpan { values in
          Columns(factor.outputCount, rows: rows).copy(
            outputs.span, Rows(start: factor.output, stride: width.stride), into: &values, factor.head)
        }
      }
      switch factor.layout {
      case .outputsAndParameters(_, let count):
        workspace.head.values.withMutableSpan { values in
          Columns(count, rows: rows).copy(
            θ.values.span, Rows(start: factor.parameter, stride: 0), into: &values, factor.rest)
        }
      case .exploring: spread(factor, θ, rows, in: &workspace)
      case .choices, .outputs: break
      }
    }
    let values = workspace.head.values
    workspace.head.exponentials.withMutableSpan { Kernels.exp(rows * headSize, values.span, into: &$0) }
  }

  /// Writes log π of the choices; choices that the mask forbids get −∞.
  private func choose(
    _ factor: Factor, _ outputs: [Float], _ observations: Span<Float>, _ rows: Int,
    in workspace: inout Workspace
  ) {
    let (n, isMasked) = (factor.choiceCount, observationSize != featureSize)
    let output = Rows(start: factor.output, stride: actor.outputSize)
    if n == headSize, n == output.stride, !isMasked {
      workspace.head.values.withMutableSpan { Kernels.logSoftmax(rows: rows, n, outputs.span, into: &$0) }
      return
    }
    let (column, mask) = (Rows(stride: n), Rows(start: factor.mask, stride: observationSize))
    for row in 0..<rows {
      for k in 0..<n {
        let isForbidden = isMasked && observations[mask[row] + k] == 0
        workspace.columns[column[row] + k] = isForbidden ? -.infinity : outputs[output[row] + k]
      }
    }
    workspace.columns.withMutableSpan { Kernels.logSoftmax(rows: rows, n, &$0) }
    let found = workspace.columns
    workspace.head.values.withMutableSpan { values in
      Columns(n, rows: rows).copy(found.span, column, into: &values, factor.head)
    }
  }

  /// Writes log σ of an exploring factor: σ(k)² = Σ φ(j)² σ(j,k)² + 1e-6.
  private func spread(_ factor: Factor, _ θ: Parameters, _ rows: Int, in workspace: inout Workspace) {
    let (latent, size, n) = (latent(in: workspace), actor.latentSize, factor.valueCount)
    workspace.squares.removeAll(keepingCapacity: true)
    for k in 0..<rows * size { workspace.squares.append(latent[k] * latent[k]) }
    workspace.variances.removeAll(keepingCapacity: true)
    for k in factorStart..<actorRange.upperBound { workspace.variances.append(2 * θ.values[k]) }
    workspace.variances.withMutableSpan { Kernels.exp($0.count, &$0) }
    let (squares, matrix) = (workspace.squares, workspace.variances)
    workspace.columns.withMutableSpan { columns in
      Kernels.product(
        AffineShape(inputs: size, outputs: n, weight: factor.parameter - factorStart), rows: rows,
        squares.span,
        matrix.span, into: &columns)
      for k in 0..<rows * n { columns[k] += 1e-6 }
      Kernels.log(rows * n, &columns)
    }
    for row in 0..<rows {
      let (first, column) = (factor.rest[row], row * n)
      for k in 0..<n { workspace.head.values[first + k] = 0.5 * workspace.columns[column + k] }
    }
  }

  /// φ, the last hidden layer, [row × latent].
  func latent(in workspace: Workspace) -> [Float] { workspace.actor.latent ?? workspace.inputs }
}
