internal import AscentMathematics
public import AscentRandomness

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
  var copiesInputs: Bool { standardizes || observationSize != featureSize || readsFeatures }

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
    let sequences = remembers ? sequences : nil
    prepare(θ, observations.count, rows, parts, sequences, in: &workspace)
    workspace.readsPixels = false
    workspace.actor.layers[0].pixels = nil
    if critic != nil { workspace.critic.layers[0].pixels = nil }
    prepareInputs(θ, observations, workspace.evaluatedInputs, in: &workspace)
    evaluate(θ, observations, sequences, in: &workspace)
  }

  /// Checks the arguments of a forward pass, and notes what it evaluates.
  func prepare(
    _ θ: Parameters, _ count: Int, _ rows: Int, _ parts: Parts, _ sequences: Sequences?,
    in workspace: inout Workspace
  ) {
    let leads = sequences?.leadCount ?? 0
    require(θ, count, rows, sequences, leads)
    workspace.require(for: self)
    workspace.reserve(leads + rows)
    (workspace.evaluatedRows, workspace.evaluatedInputs, workspace.evaluatedParts) = (
      rows, leads + rows, parts
    )
  }

  /// Evaluates the networks and the head after ``prepare(_:_:_:_:_:in:)``.
  func evaluate(
    _ θ: Parameters, _ observations: Span<Float>, _ sequences: Sequences?, in workspace: inout Workspace
  ) {
    let (rows, parts) = (workspace.evaluatedRows, workspace.evaluatedParts)
    let leads = workspace.evaluatedInputs - rows
    let flow = LayerRows(inputs: leads + rows, outputs: rows, sequences: sequences)
    if parts.contains(.actor) || architecture.critic == .shared {
      run(actor, θ, observations, workspace.inputs, flow, in: &workspace.actor)
    }
    if parts.contains(.critic), let critic {
      run(critic, θ, observations, workspace.inputs, flow, in: &workspace.critic)
    }
    if parts.contains(.actor) {
      let own = observations.extracting(
        min(leads * observationSize, observations.count)..<observations.count)
      makeHead(θ, own, rows, in: &workspace)
    }
  }

  /// Requires the policy's own parameters, its sequences if it is recurrent, and the observations of all rows.
  private func require(_ θ: Parameters, _ count: Int, _ rows: Int, _ sequences: Sequences?, _ leads: Int) {
    requireOwn(θ)
    Require.number(rows, of: "number of rows", from: 0)
    if remembers {
      Require.that(
        sequences != nil, "a recurrent policy needs the sequences of the rows: pass along: sequences")
      Require.count(sequences?.rowCount ?? 0, of: "sequences", is: rows, "one row for each that is evaluated")
      Require.count(
        sequences?.stateSize ?? 0, of: "states of the sequences", is: stateSize, "the policy's stateSize")
    }
    Require.count(
      count, of: "observations", is: (leads + rows) * observationSize,
      "the policy's observationSize for each row")
  }

  /// Ends the program unless θ has the policy's number of parameters.
  package func requireOwn(_ θ: Parameters) {
    Require.count(θ.values.count, of: "parameters", is: parameterCount, "the policy's parameterCount")
  }

  private func run(
    _ network: Network, _ θ: Parameters, _ observations: Span<Float>, _ inputs: [Float], _ rows: LayerRows,
    in workspace: inout NetworkWorkspace
  ) {
    if copiesInputs, workspace.layers[0].pixels == nil {
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
    LayerScratch.grow(&workspace.inputs, rows * featureSize)
    workspace.inputs.withMutableSpan { inputs in
      guard standardizes else {
        return Columns(featureSize, rows: rows).copy(
          observations, Rows(stride: observationSize), into: &inputs, Rows(stride: featureSize))
      }
      let middle = standardRange.lowerBound + featureSize
      Kernels.standardize(
        rows: rows, featureSize, stride: observationSize,
        mean: θ.values.span.extracting(standardRange.lowerBound..<middle),
        scale: θ.values.span.extracting(middle..<standardRange.upperBound), bound: inputBound,
        observations, into: &inputs)
      for column in indexColumns {
        Columns(1, rows: rows).copy(
          observations, Rows(start: column, stride: observationSize), into: &inputs,
          Rows(start: column, stride: featureSize))
      }
    }
  }
}

// MARK: Acting

extension Policy {
  /// Chooses an action for each of some lanes, given the lane's observations.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - lanes: the lanes that act; row k of `acting.observations` is the observation of the kth of them.
  ///   - streams: the stream of each lane, from which a ~ π(·∣o) is drawn in the order of the rows; nil for the most
  ///     probable action.
  ///   - acting: the observations, and the output: the actions and, if they were drawn, log π(a∣o).
  public func act(
    _ θ: Parameters, for lanes: [Int], drawing streams: [RandomStream]?, in acting: inout Acting
  ) {
    acting.require(for: self, lanes)
    evaluate(θ, for: lanes, .actor, in: &acting)
    // The buffers are moved out while they are written, so that the workspace can be read.
    var actions = acting.actions
    acting.actions = []
    defer { acting.actions = actions }
    guard let streams else {
      var span = actions.mutableSpan
      for factor in factors {
        factor.family.mode(factor.rows(lanes.count), acting.workspace.head, into: &span)
      }
      return
    }
    if explores { explore(θ, lanes, streams, in: &acting) }
    let draws = ActionDraws(lanes: lanes, streams: streams, noise: acting.workspace.noise)
    var span = actions.mutableSpan
    for factor in factors {
      factor.family.sample(factor.rows(lanes.count), acting.workspace.head, drawing: draws, into: &span)
    }
    var logProbabilities = acting.logProbabilities
    acting.logProbabilities = []
    defer { acting.logProbabilities = logProbabilities }
    var logs = logProbabilities.mutableSpan
    readLogProbabilities(of: actions.span, in: acting.workspace, into: &logs)
    if findsValuesWhileActing { readValues(of: &acting) }
  }

  private func readValues(of acting: inout Acting) {
    var values = acting.values
    acting.values = []
    values.withMutableSpan { readValues(in: acting.workspace, into: &$0) }
    acting.values = values
  }

  /// True if a forward pass for an action evaluates V, too: the critic shares the actor's trunk, and no state is missing.
  package var findsValuesWhileActing: Bool { architecture.critic == .shared && !remembers }

  /// Evaluates networks for the lanes; a recurrent policy, whose parts are those that `acting` remembers, advances the
  /// lanes' states by one step.
  func evaluate(_ θ: Parameters, for lanes: [Int], _ parts: Parts, in acting: inout Acting) {
    let sequences = remembers ? acting.memory.takeSequences(of: lanes) : nil
    let (count, parts) = (lanes.count * observationSize, remembers ? acting.parts : parts)
    if acting.readsPixels {
      let bytes = acting.pixels
      forward(
        θ, onBytes: bytes.span.extracting(0..<count), rows: lanes.count, parts, along: sequences,
        in: &acting.workspace)
    } else {
      let observations = acting.observations
      forward(
        θ, on: observations.span.extracting(0..<count), rows: lanes.count, parts, along: sequences,
        in: &acting.workspace)
    }
    guard let sequences else { return }
    acting.memory.giveBack(sequences)
    actor.copyState(of: lanes, in: acting.workspace.actor, into: &acting.memory)
    if let critic, acting.parts.contains(.critic) {
      critic.copyState(of: lanes, in: acting.workspace.critic, into: &acting.memory)
    }
  }

  /// Writes φᵀ ε of each row, after drawing the matrices ε that are due.
  private func explore(_ θ: Parameters, _ lanes: [Int], _ streams: [RandomStream], in acting: inout Acting) {
    let (latent, size) = (latent(in: acting.workspace), actor.latentSize)
    for (row, lane) in lanes.enumerated() {
      Require.index(lane, of: "lane", in: streams.indices)
      if acting.exploration.isDue(lane, actorRange.upperBound - factorStart) {
        acting.exploration.draw(
          θ.values.span.extracting(factorStart..<actorRange.upperBound), lane, streams[lane])
      }
      for factor in factors where factor.layout.isExploring {
        let (n, first) = (factor.valueCount, factor.parameter - factorStart)
        for k in 0..<n {
          var sum: Float = 0
          for j in 0..<size {
            sum += latent[row * size + j] * acting.exploration.matrices[lane][first + j * n + k]
          }
          acting.workspace.noise[factor.values[row] + k] = sum
        }
      }
    }
  }
}
