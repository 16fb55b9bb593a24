extension Policy {
  /// ĝ += Σ_row c ∇log π(a∣o) + e ∇H(π(·∣o)) + v ∇V(o), after ``forward(_:on:rows:_:in:)`` on the same rows.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - actions: [row × value].
  ///   - observations: [row × feature].
  ///   - c: the coefficient of each row's score; nil leaves the actor out.
  ///   - e: that of its entropy.
  ///   - v: that of its value; nil leaves the critic out.
  ///   - rows: how many rows.
  ///   - workspace: where the forward pass was.
  ///   - gradient: as long as θ.
  public func accumulateGradient(
    _ θ: Parameters, of actions: Span<Float>, on observations: Span<Float>, scores c: Span<Double>?,
    entropies e: Span<Double>, values v: Span<Double>?, rows: Int, in workspace: inout Workspace,
    into gradient: inout MutableSpan<Float>
  ) {
    if let c {
      var adjoints = workspace.headAdjoints
      workspace.headAdjoints = []
      var span = adjoints.mutableSpan
      for family in families {
        family.writeAdjoints(
          of: actions, scores: c, entropies: e, rows: rows, workspace.head, into: &span)
      }
      workspace.headAdjoints = adjoints
      spreadAdjoints(rows, in: &workspace, into: &gradient)
    }
    if let v, architecture.critic != .none { writeValueAdjoints(v, rows, c == nil, in: &workspace) }
    if c != nil || (v != nil && architecture.critic == .shared) {
      if c != nil, v == nil, architecture.critic == .shared {
        let (last, width) = (actor.lastLayer, actor.layers[actor.lastLayer].outputs)
        for row in 0..<rows { workspace.actor.adjoints[last][row * width + width - 1] = 0 }
      }
      accumulate(actor, θ, observations, rows, workspace.inputs, in: &workspace.actor, into: &gradient)
    }
    if v != nil, let critic {
      accumulate(critic, θ, observations, rows, workspace.inputs, in: &workspace.critic, into: &gradient)
    }
  }

  private func accumulate(
    _ network: Network, _ θ: Parameters, _ observations: Span<Float>, _ rows: Int, _ inputs: [Float],
    in workspace: inout NetworkWorkspace, into gradient: inout MutableSpan<Float>
  ) {
    if copiesInputs {
      network.accumulateAdjoint(θ, on: inputs.span, rows: rows, in: &workspace, into: &gradient)
    } else {
      network.accumulateAdjoint(θ, on: observations, rows: rows, in: &workspace, into: &gradient)
    }
  }

  private func writeValueAdjoints(
    _ v: Span<Double>, _ rows: Int, _ isAlone: Bool, in workspace: inout Workspace
  ) {
    if let critic {
      var adjoints = workspace.critic.adjoints[critic.lastLayer].mutableSpan
      for row in 0..<rows { adjoints[row] = Float(v[row]) }
      return
    }
    let width = actor.layers[actor.lastLayer].outputs
    var adjoints = workspace.actor.adjoints[actor.lastLayer].mutableSpan
    for row in 0..<rows {
      if isAlone { for k in 0..<width - 1 { adjoints[row * width + k] = 0 } }
      adjoints[row * width + width - 1] = Float(v[row])
    }
  }

  /// Hands the head's adjoints on: to the network's outputs, and to the free parameters.
  private func spreadAdjoints(
    _ rows: Int, in workspace: inout Workspace, into gradient: inout MutableSpan<Float>
  ) {
    let width = actor.layers[actor.lastLayer].outputs
    for place in places {
      let found = workspace.headAdjoints
      var adjoints = workspace.actor.adjoints[actor.lastLayer].mutableSpan
      Columns.copy(
        place.outputCount, rows: rows, found.span, from: place.head, stride: headSize, into: &adjoints,
        at: place.output, targetStride: width)
      let n = place.valueCount
      switch place.deviation {
      case .free:
        for row in 0..<rows {
          let first = row * headSize + place.head + n
          for k in 0..<n { gradient[place.free + k] += found[first + k] }
        }
      case .exploring: spreadAdjoints(place, rows, in: &workspace, into: &gradient)
      case .network, nil: break
      }
    }
  }

  /// With σ(k)² = Σ φ(j)² σ(j,k)²: ∂ log σ(k)/∂ log σ(j,k) = φ(j)² σ(j,k)² / σ(k)²; φ is taken as given.
  private func spreadAdjoints(
    _ place: FactorPlace, _ rows: Int, in workspace: inout Workspace, into gradient: inout MutableSpan<Float>
  ) {
    let (size, n) = (actor.latentSize, place.valueCount)
    for row in 0..<rows {
      for k in 0..<n {
        let h = row * headSize + place.head + n + k
        let σ = workspace.head.exponentials[h]
        workspace.columns[row * n + k] = workspace.headAdjoints[h] / (σ * σ)
      }
    }
    var sums = Array(repeating: Float(0), count: size * n + n)
    var span = sums.mutableSpan
    Kernels.affineAdjoint(
      Kernels.Layer(inputs: size, outputs: n, weight: 0), rows: rows, workspace.squares.span,
      workspace.columns.span, into: &span)
    let first = place.free - freeStart
    for k in 0..<size * n { gradient[place.free + k] += sums[k] * workspace.variances[first + k] }
  }

  // MARK: Fisher

  /// p += w Σ_row F v, with the Fisher matrix F of π(·∣o), after ``forward(_:on:rows:_:in:)`` on the same rows.
  ///
  /// F = Jᵀ M J: J is the derivative of the head's numbers by the parameters, M their Fisher matrix. It is the
  /// Hessian of the divergence KL(π ‖ π′) at π′ = π, exact, and never built.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - v: a direction, as long as θ; what lies outside of the actor does not matter.
  ///   - observations: [row × feature].
  ///   - w: a factor.
  ///   - rows: how many rows.
  ///   - workspace: where the forward pass was.
  ///   - product: p, as long as θ.
  public func accumulateFisherProduct(
    _ θ: Parameters, along v: Span<Float>, on observations: Span<Float>, times w: Float, rows: Int,
    in workspace: inout Workspace, into product: inout MutableSpan<Float>
  ) {
    if copiesInputs {
      let inputs = workspace.inputs
      actor.tangent(θ, along: v, on: inputs.span, rows: rows, in: &workspace.actor)
    } else {
      actor.tangent(θ, along: v, on: observations, rows: rows, in: &workspace.actor)
    }
    writeHeadTangents(v, rows, in: &workspace)
    var adjoints = workspace.headAdjoints
    workspace.headAdjoints = []
    var span = adjoints.mutableSpan
    for family in families {
      family.writeFisherProducts(
        workspace.headTangents.span, times: w, rows: rows, workspace.head, into: &span)
    }
    workspace.headAdjoints = adjoints
    spreadAdjoints(rows, in: &workspace, into: &product)
    if architecture.critic == .shared {
      let (last, width) = (actor.lastLayer, actor.layers[actor.lastLayer].outputs)
      for row in 0..<rows { workspace.actor.adjoints[last][row * width + width - 1] = 0 }
    }
    accumulate(actor, θ, observations, rows, workspace.inputs, in: &workspace.actor, into: &product)
  }

  private func writeHeadTangents(_ v: Span<Float>, _ rows: Int, in workspace: inout Workspace) {
    if workspace.headTangents.count < rows * headSize {
      workspace.headTangents = Array(repeating: 0, count: rows * headSize)
    }
    let tangents = workspace.actor.tangents[actor.lastLayer]
    var found = workspace.headTangents
    workspace.headTangents = []
    defer { workspace.headTangents = found }
    let width = actor.layers[actor.lastLayer].outputs
    for place in places {
      let n = place.valueCount
      var span = found.mutableSpan
      Columns.copy(
        place.outputCount, rows: rows, tangents.span, from: place.output, stride: width, into: &span,
        at: place.head, targetStride: headSize)
      if place.deviation == .free {
        Columns.copy(
          n, rows: rows, v, from: place.free, stride: 0, into: &span, at: place.head + n,
          targetStride: headSize)
      }
      if place.deviation == .exploring {
        let (size, first) = (actor.latentSize, place.free - freeStart)
        let weighted = (0..<size * n).map { workspace.variances[first + $0] * v[place.free + $0] }
        let squares = workspace.squares
        var columns = workspace.columns.mutableSpan
        Kernels.product(
          Kernels.Layer(inputs: size, outputs: n, weight: 0), rows: rows, squares.span, weighted.span,
          into: &columns)
        for row in 0..<rows {
          for k in 0..<n {
            let h = row * headSize + place.head + n + k
            let σ = workspace.head.exponentials[h]
            found[h] = workspace.columns[row * n + k] / (σ * σ)
          }
        }
      }
    }
  }

  /// The numbers that describe the distributions of the last forward pass, to compare later ones with.
  public struct Snapshot: Sendable {
    var head: Head
  }

  /// Keeps the distributions of the last forward pass.
  public func snapshot(rows: Int, of workspace: borrowing Workspace) -> Snapshot {
    var head = Head()
    head.values = Array(workspace.head.values[..<(rows * headSize)])
    head.exponentials = Array(workspace.head.exponentials[..<(rows * headSize)])
    return Snapshot(head: head)
  }

  /// KL(before ‖ now) of each row.
  public func readDivergences(
    from before: Snapshot, rows: Int, in workspace: borrowing Workspace,
    into divergences: inout MutableSpan<Double>
  ) {
    for row in 0..<rows { divergences[row] = 0 }
    for family in families {
      family.addDivergences(from: before.head, rows: rows, workspace.head, into: &divergences)
    }
  }
}
