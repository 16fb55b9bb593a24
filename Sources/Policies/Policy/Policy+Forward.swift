internal import Mathematics

extension Policy {
  /// The parts of a policy that can be evaluated separately.
  public struct Parts: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The action distribution.
    public static let actor = Parts(rawValue: 1)
    /// The value V.
    public static let critic = Parts(rawValue: 2)
  }

  /// True if the networks read a copy of the observations instead of the rows themselves.
  var copiesInputs: Bool { standardizes || observationSize != featureSize }

  /// Evaluates the networks.
  ///
  /// Functions that read results or differentiate refer to the rows and parts of the last call.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - observations: [row × feature]; with sequences, the lead rows first.
  ///   - rows: the number of rows, without leads.
  ///   - parts: the parts to evaluate.
  ///   - sequences: the sequences that the rows belong to, for a policy with a recurrent layer.
  ///   - workspace: the memory of the evaluation.
  public func forward(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, _ parts: Parts,
    along sequences: Sequences? = nil, in workspace: inout Workspace
  ) {
    precondition(!remembers || sequences?.rowCount == rows, "a recurrent policy is evaluated along sequences")
    let sequences = remembers ? sequences : nil
    let leads = sequences?.leadCount ?? 0
    workspace.reserve(leads + rows)
    (workspace.evaluatedRows, workspace.evaluatedParts) = (rows, parts)
    prepareInputs(θ, observations, leads + rows, in: &workspace)
    let flow = LayerRows(inputs: leads + rows, outputs: rows, sequences: sequences)
    if parts.contains(.actor) || architecture.critic == .shared {
      run(actor, θ, observations, workspace.inputs, flow, in: &workspace.actor)
    }
    if parts.contains(.critic), let critic {
      run(critic, θ, observations, workspace.inputs, flow, in: &workspace.critic)
    }
    if parts.contains(.actor) {
      let own = observations.extracting(leads * observationSize..<observations.count)
      makeHead(θ, own, rows, in: &workspace)
    }
  }

  private func run(
    _ network: Network, _ θ: Parameters, _ observations: Span<Float>, _ inputs: [Float], _ rows: LayerRows,
    in workspace: inout NetworkWorkspace
  ) {
    if copiesInputs {
      network.forward(θ, on: inputs.span, rows, in: &workspace)
    } else {
      network.forward(θ, on: observations, rows, in: &workspace)
    }
  }

  /// Copies the features of each row, and standardizes them if the policy does.
  private func prepareInputs(
    _ θ: Parameters, _ observations: Span<Float>, _ rows: Int, in workspace: inout Workspace
  ) {
    guard copiesInputs else { return }
    workspace.inputs.withMutableSpan { inputs in
      guard standardizes else {
        return Columns(featureSize, rows: rows).copy(
          observations, Rows(stride: observationSize), into: &inputs, Rows(stride: featureSize))
      }
      let middle = standardRange.lowerBound + featureSize
      Kernels.standardize(
        rows: rows, featureSize, stride: observationSize,
        mean: θ.values.span.extracting(standardRange.lowerBound..<middle),
        scale: θ.values.span.extracting(middle..<standardRange.upperBound), bound: Self.standardBound,
        observations, into: &inputs)
    }
  }
}
