internal import AscentMathematics

extension Policy {
  /// ĝ += Σ_row c ∇log π(a∣o) + e ∇H(π(·∣o)) + v ∇V(o), over the rows and the parts of the last forward pass.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - actions: [row × value].
  ///   - observations: the observations of the forward pass.
  ///   - weights: c, e and v of each row; c and e apply to the actor, v to the critic.
  ///   - workspace: the workspace of the forward pass.
  ///   - gradient: ĝ, as long as θ or as the learned part of it.
  public func accumulateGradient(
    _ θ: Parameters, of actions: Span<Float>, on observations: Span<Float>,
    weights: borrowing GradientWeights, in workspace: inout Workspace,
    into gradient: inout MutableSpan<Float>
  ) {
    let (parts, isShared) = (workspace.evaluatedParts, architecture.critic == .shared)
    requireLastPass(θ, observations.count, in: workspace)
    require(weights, actions.count, in: workspace)
    Require.count(gradient.count, of: "gradient", atLeast: learnedCount, "the policy's learnedCount")
    workspace.actor.reserveAdjoints()
    workspace.critic.reserveAdjoints()
    if parts.contains(.actor) {
      let rows = workspace.evaluatedRows
      var adjoints = workspace.headAdjoints
      workspace.headAdjoints = []
      var span = adjoints.mutableSpan
      for factor in factors {
        factor.family.writeAdjoints(
          of: actions, weights: weights, factor.rows(rows), workspace.head, into: &span)
      }
      workspace.headAdjoints = adjoints
      spreadAdjoints(in: &workspace, into: &gradient)
    }
    if parts.contains(.critic), hasCritic {
      writeValueAdjoints(weights.values, isAlone: !parts.contains(.actor), in: &workspace)
    } else if isShared {
      clearValueAdjoints(in: &workspace)
    }
    if parts.contains(.actor) || isShared {
      accumulate(actor, θ, observations, workspace.inputs, in: &workspace.actor, into: &gradient)
    }
    if parts.contains(.critic), let critic {
      accumulate(critic, θ, observations, workspace.inputs, in: &workspace.critic, into: &gradient)
    }
  }

  /// Requires the observations of the last forward pass, whose workspace must be this policy's.
  private func requireLastPass(_ θ: Parameters, _ count: Int, in workspace: borrowing Workspace) {
    workspace.require(for: self)
    requireOwn(θ)
    Require.count(
      count, of: "observations",
      is: workspace.readsPixels ? 0 : workspace.evaluatedInputs * observationSize,
      "those of the last forward pass, none if they were bytes")
  }

  /// Requires an action and the weights for each row of the last forward pass.
  private func require(_ weights: borrowing GradientWeights, _ count: Int, in workspace: borrowing Workspace)
  {
    let (rows, parts) = (workspace.evaluatedRows, workspace.evaluatedParts)
    Require.count(
      count, of: "actions", is: rows * actionSize,
      "the policy's actionSize for each row of the last forward pass")
    if parts.contains(.actor) {
      Require.count(weights.scores.count, of: "weights of the scores", atLeast: rows, "one for each row")
      Require.count(
        weights.entropies.count, of: "weights of the entropies", atLeast: rows, "one for each row")
    }
    if parts.contains(.critic), hasCritic {
      Require.count(weights.values.count, of: "weights of the values", atLeast: rows, "one for each row")
    }
  }

  private func accumulate(
    _ network: Network, _ θ: Parameters, _ observations: Span<Float>, _ inputs: [Float],
    in workspace: inout NetworkWorkspace, into gradient: inout MutableSpan<Float>
  ) {
    if copiesInputs, workspace.layers[0].pixels == nil {
      network.accumulateAdjoint(θ, on: inputs.span, in: &workspace, into: &gradient)
    } else {
      network.accumulateAdjoint(θ, on: observations, in: &workspace, into: &gradient)
    }
  }

  /// Writes ∂/∂V; if the critic of a shared trunk is differentiated alone, the other outputs get 0.
  private func writeValueAdjoints(_ v: [Double], isAlone: Bool, in workspace: inout Workspace) {
    let rows = workspace.evaluatedRows
    guard critic == nil else {
      let last = workspace.critic.layers.count - 1
      workspace.critic.layers[last].adjoints.withMutableSpan { adjoints in
        for row in 0..<rows { adjoints[row] = Float(v[row]) }
      }
      return
    }
    let (value, last) = (sharedValue, workspace.actor.layers.count - 1)
    workspace.actor.layers[last].adjoints.withMutableSpan { adjoints in
      for row in 0..<rows {
        if isAlone { for k in value[row] - value.start..<value[row] { adjoints[k] = 0 } }
        adjoints[value[row]] = Float(v[row])
      }
    }
  }

  /// Writes 0 as ∂/∂V of a shared trunk whose actor is differentiated alone.
  private func clearValueAdjoints(in workspace: inout Workspace) {
    let (value, last) = (sharedValue, workspace.actor.layers.count - 1)
    for row in 0..<workspace.evaluatedRows { workspace.actor.layers[last].adjoints[value[row]] = 0 }
  }

  // MARK: The head

  /// Copies the head's adjoints to the network's outputs, and adds them to the gradient of the factors' own parameters.
  private func spreadAdjoints(in workspace: inout Workspace, into gradient: inout MutableSpan<Float>) {
    let (rows, last) = (workspace.evaluatedRows, workspace.actor.layers.count - 1)
    for factor in factors {
      let found = workspace.headAdjoints
      workspace.actor.layers[last].adjoints.withMutableSpan { adjoints in
        Columns(factor.outputCount, rows: rows).copy(
          found.span, factor.head, into: &adjoints, Rows(start: factor.output, stride: actor.outputSize))
      }
      switch factor.layout {
      case .outputsAndParameters(_, let count):
        for row in 0..<rows {
          let first = factor.rest[row]
          for k in 0..<count { gradient[factor.parameter + k] += found[first + k] }
        }
      case .exploring: spreadAdjoints(factor, in: &workspace, into: &gradient)
      case .choices, .outputs: break
      }
    }
  }

  /// Adds the gradient of the log deviations of an exploring factor.
  ///
  /// With σ(k)² = Σ φ(j)² σ(j,k)²: ∂ log σ(k)/∂ log σ(j,k) = φ(j)² σ(j,k)² / σ(k)²; φ is treated as a constant.
  private func spreadAdjoints(
    _ factor: Factor, in workspace: inout Workspace, into gradient: inout MutableSpan<Float>
  ) {
    let (rows, size, n) = (workspace.evaluatedRows, actor.latentSize, factor.valueCount)
    for row in 0..<rows {
      for k in 0..<n {
        let h = factor.rest[row] + k
        let σ = workspace.head.exponentials[h]
        workspace.columns[row * n + k] = workspace.headAdjoints[h] / (σ * σ)
      }
    }
    var sums = Array(repeating: Float(0), count: size * n + n)
    var span = sums.mutableSpan
    Kernels.affineAdjoint(
      AffineShape(inputs: size, outputs: n, weight: 0), rows: rows, workspace.squares.span,
      workspace.columns.span, into: &span)
    let first = factor.parameter - factorStart
    for k in 0..<size * n { gradient[factor.parameter + k] += sums[k] * workspace.variances[first + k] }
  }

  // MARK: Fisher

  /// p += w Σ_row F v, with the Fisher matrix F of π(·∣o), over the rows of the last forward pass.
  ///
  /// F = Jᵀ M J, where J is the derivative of the head's numbers with respect to the parameters and M their Fisher
  /// matrix. F is the exact Hessian of the divergence KL(π ‖ π′) at π′ = π; the matrix itself is never built.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - v: a direction, as long as θ; elements outside of the actor are ignored.
  ///   - observations: the observations of the forward pass.
  ///   - w: a factor.
  ///   - workspace: the workspace of the forward pass.
  ///   - product: p, as long as θ.
  public func accumulateFisherProduct(
    _ θ: Parameters, along v: Span<Float>, on observations: Span<Float>, times w: Float,
    in workspace: inout Workspace, into product: inout MutableSpan<Float>
  ) {
    requireLastPass(θ, observations.count, in: workspace)
    workspace.require(.actor, of: self)
    Require.count(
      v.count, of: "direction", atLeast: actorRange.upperBound, "one for each of the actor's parameters")
    Require.count(
      product.count, of: "product", atLeast: actorRange.upperBound, "one for each of the actor's parameters")
    workspace.actor.reserveAdjoints()
    if copiesInputs, workspace.actor.layers[0].pixels == nil {
      let inputs = workspace.inputs
      actor.tangent(θ, along: v, on: inputs.span, in: &workspace.actor)
    } else {
      actor.tangent(θ, along: v, on: observations, in: &workspace.actor)
    }
    writeHeadTangents(v, in: &workspace)
    let rows = workspace.evaluatedRows
    var adjoints = workspace.headAdjoints
    workspace.headAdjoints = []
    var span = adjoints.mutableSpan
    for factor in factors {
      factor.family.writeFisherProducts(
        workspace.headTangents.span, times: w, factor.rows(rows), workspace.head, into: &span)
    }
    workspace.headAdjoints = adjoints
    spreadAdjoints(in: &workspace, into: &product)
    if architecture.critic == .shared { clearValueAdjoints(in: &workspace) }
    accumulate(actor, θ, observations, workspace.inputs, in: &workspace.actor, into: &product)
  }

  private func writeHeadTangents(_ v: Span<Float>, in workspace: inout Workspace) {
    let rows = workspace.evaluatedRows
    LayerScratch.grow(&workspace.headTangents, rows * headSize)
    let tangents = workspace.actor.layers[workspace.actor.layers.count - 1].tangents
    var found = workspace.headTangents
    workspace.headTangents = []
    defer { workspace.headTangents = found }
    for factor in factors {
      var span = found.mutableSpan
      Columns(factor.outputCount, rows: rows).copy(
        tangents.span, Rows(start: factor.output, stride: actor.outputSize), into: &span, factor.head)
      switch factor.layout {
      case .outputsAndParameters(_, let count):
        Columns(count, rows: rows).copy(
          v, Rows(start: factor.parameter, stride: 0), into: &span, factor.rest)
      case .exploring: writeDeviationTangents(factor, v, in: &workspace, into: &found)
      case .choices, .outputs: break
      }
    }
  }

  /// Writes the tangents of log σ of an exploring factor.
  private func writeDeviationTangents(
    _ factor: Factor, _ v: Span<Float>, in workspace: inout Workspace, into tangents: inout [Float]
  ) {
    let (rows, size, n) = (workspace.evaluatedRows, actor.latentSize, factor.valueCount)
    let first = factor.parameter - factorStart
    let weighted = (0..<size * n).map { workspace.variances[first + $0] * v[factor.parameter + $0] }
    let squares = workspace.squares
    workspace.columns.withMutableSpan { columns in
      Kernels.product(
        AffineShape(inputs: size, outputs: n, weight: 0), rows: rows, squares.span, weighted.span,
        into: &columns)
    }
    for row in 0..<rows {
      for k in 0..<n {
        let h = factor.rest[row] + k
        let σ = workspace.head.exponentials[h]
        tangents[h] = workspace.columns[row * n + k] / (σ * σ)
      }
    }
  }
}
