internal import Mathematics
public import Randomness

extension Policy {
  /// Parts of a policy that can be evaluated by themselves.
  public struct Parts: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The action distribution.
    public static let actor = Parts(rawValue: 1)
    /// V.
    public static let critic = Parts(rawValue: 2)
  }

  /// Whether the networks see a copy of the observations, and not the rows themselves.
  var copiesInputs: Bool { standardizes || observationSize != featureSize }

  /// Evaluates the networks; what they found is read from the workspace by the functions below.
  ///
  /// A policy that remembers needs the `sequences` of its rows; the observations are then those of the leading rows, and
  /// behind them those of the rows themselves.
  public func forward(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, _ parts: Parts,
    along sequences: Sequences? = nil, in workspace: inout Workspace
  ) {
    precondition(!remembers || sequences?.rowCount == rows, "a policy that remembers looks at sequences")
    let sequences = remembers ? sequences : nil
    let leads = sequences?.leadCount ?? 0
    workspace.reserve(leads + rows)
    prepareInputs(θ, observations, leads + rows, in: &workspace)
    if parts.contains(.actor) || architecture.critic == .shared {
      run(actor, θ, observations, rows, sequences, workspace.inputs, in: &workspace.actor)
    }
    if parts.contains(.critic), let critic {
      run(critic, θ, observations, rows, sequences, workspace.inputs, in: &workspace.critic)
    }
    if parts.contains(.actor) {
      let own = observations.extracting(leads * observationSize..<observations.count)
      makeHead(θ, own, rows, in: &workspace)
    }
  }

  private func run(
    _ network: Network, _ θ: Parameters, _ observations: Span<Float>, _ rows: Int, _ sequences: Sequences?,
    _ inputs: [Float], in workspace: inout NetworkWorkspace
  ) {
    if copiesInputs {
      network.forward(θ, on: inputs.span, rows: rows, sequences, in: &workspace)
    } else {
      network.forward(θ, on: observations, rows: rows, sequences, in: &workspace)
    }
  }

  /// The features of each row, standardized if they are to be.
  private func prepareInputs(
    _ θ: Parameters, _ observations: Span<Float>, _ rows: Int, in workspace: inout Workspace
  ) {
    guard copiesInputs else { return }
    if standardizes {
      let middle = standardRange.lowerBound + featureSize
      var inputs = workspace.inputs.mutableSpan
      Kernels.standardize(
        rows: rows, featureSize, stride: observationSize,
        mean: θ.values.span.extracting(standardRange.lowerBound..<middle),
        scale: θ.values.span.extracting(middle..<standardRange.upperBound), bound: Self.standardBound,
        observations, into: &inputs)
    } else {
      var inputs = workspace.inputs.mutableSpan
      Columns.copy(
        featureSize, rows: rows, observations, from: 0, stride: observationSize, into: &inputs, at: 0,
        targetStride: featureSize)
    }
  }

  // MARK: The head

  /// Turns the actor's outputs into the numbers that describe the distributions.
  private func makeHead(
    _ θ: Parameters, _ observations: Span<Float>, _ rows: Int, in workspace: inout Workspace
  ) {
    let outputs = workspace.actor.last
    let width = actor.layers[actor.layers.count - 1].outputs
    for place in places {
      if place.choices > 0 {
        choose(place, outputs, width, observations, rows, in: &workspace)
      } else {
        var values = workspace.head.values.mutableSpan
        Columns.copy(
          place.outputCount, rows: rows, outputs.span, from: place.output, stride: width, into: &values,
          at: place.head, targetStride: headSize)
      }
      switch place.deviation {
      case .free:
        var values = workspace.head.values.mutableSpan
        Columns.copy(
          place.valueCount, rows: rows, θ.values.span, from: place.free, stride: 0, into: &values,
          at: place.head + place.valueCount, targetStride: headSize)
      case .exploring: spread(place, θ, rows, in: &workspace)
      case .network, nil: break
      }
    }
    let values = workspace.head.values
    var exponentials = workspace.head.exponentials.mutableSpan
    Kernels.exp(rows * headSize, values.span, into: &exponentials)
  }

  /// log π of choices, those that the mask forbids having none.
  private func choose(
    _ place: FactorPlace, _ outputs: [Float], _ width: Int, _ observations: Span<Float>, _ rows: Int,
    in workspace: inout Workspace
  ) {
    let (n, isMasked) = (place.choices, observationSize != featureSize)
    if n == headSize, n == width, !isMasked {
      var values = workspace.head.values.mutableSpan
      return Kernels.logSoftmax(rows: rows, n, outputs.span, into: &values)
    }
    for row in 0..<rows {
      for k in 0..<n {
        let isForbidden = isMasked && observations[row * observationSize + place.mask + k] == 0
        workspace.columns[row * n + k] = isForbidden ? -.infinity : outputs[row * width + place.output + k]
      }
    }
    var columns = workspace.columns.mutableSpan
    Kernels.logSoftmax(rows: rows, n, &columns)
    let found = workspace.columns
    var values = workspace.head.values.mutableSpan
    Columns.copy(
      n, rows: rows, found.span, from: 0, stride: n, into: &values, at: place.head, targetStride: headSize)
  }

  /// log σ of exploring numbers: σ(k)² = Σ φ(j)² σ(j,k)² + 1e-6.
  private func spread(
    _ place: FactorPlace, _ θ: Parameters, _ rows: Int, in workspace: inout Workspace
  ) {
    let (latent, size, n) = (latent(in: workspace), actor.latentSize, place.valueCount)
    workspace.squares.removeAll(keepingCapacity: true)
    for k in 0..<rows * size { workspace.squares.append(latent[k] * latent[k]) }
    workspace.variances.removeAll(keepingCapacity: true)
    for k in freeStart..<actorRange.upperBound { workspace.variances.append(2 * θ.values[k]) }
    var variances = workspace.variances.mutableSpan
    Kernels.exp(variances.count, &variances)
    let (squares, matrix) = (workspace.squares, workspace.variances)
    var columns = workspace.columns.mutableSpan
    Kernels.product(
      Kernels.Layer(inputs: size, outputs: n, weight: place.free - freeStart), rows: rows, squares.span,
      matrix.span, into: &columns)
    for k in 0..<rows * n { columns[k] += 1e-6 }
    Kernels.log(rows * n, &columns)
    for row in 0..<rows {
      for k in 0..<n {
        workspace.head.values[row * headSize + place.head + n + k] = 0.5 * workspace.columns[row * n + k]
      }
    }
  }

  /// φ, the last hidden layer, [row × latent].
  func latent(in workspace: Workspace) -> [Float] {
    let layers = workspace.actor.outputs
    return layers.count > 1 ? layers[layers.count - 2] : workspace.inputs
  }

  // MARK: Reading

  /// log π(a∣o) of each row.
  public func readLogProbabilities(
    of actions: Span<Float>, rows: Int, in workspace: borrowing Workspace,
    into logs: inout MutableSpan<Double>
  ) {
    for row in 0..<rows { logs[row] = 0 }
    for family in families { family.addLogDensities(of: actions, rows: rows, workspace.head, into: &logs) }
  }

  /// The entropy of π(·∣o) of each row.
  public func readEntropies(
    rows: Int, in workspace: borrowing Workspace, into entropies: inout MutableSpan<Double>
  ) {
    for row in 0..<rows { entropies[row] = 0 }
    for family in families { family.addEntropies(rows: rows, workspace.head, into: &entropies) }
  }

  /// V(o) of each row.
  public func readValues(
    rows: Int, in workspace: borrowing Workspace, into values: inout MutableSpan<Double>
  ) {
    guard architecture.critic == .shared else {
      let outputs = workspace.critic.last
      for row in 0..<rows { values[row] = Double(outputs[row]) }
      return
    }
    let (outputs, width) = (workspace.actor.last, actor.layers[actor.lastLayer].outputs)
    for row in 0..<rows { values[row] = Double(outputs[row * width + width - 1]) }
  }

  // MARK: Acting

  /// Draws a ~ π(·∣o) for each row on the stream of its lane.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - observations: [row × feature].
  ///   - lanes: the lane of each row; `streams[lane]` is drawn from, in the order of the rows.
  ///   - streams: one for each lane.
  ///   - exploration: what exploring factors hold on to.
  ///   - workspace: memory for the rows.
  ///   - actions: [row × value].
  ///   - logProbabilities: log π(a∣o), [row].
  public func act(
    _ θ: Parameters, on observations: Span<Float>, lanes: [Int], drawing streams: [RandomStream],
    exploring exploration: inout Exploration, in workspace: inout Workspace,
    actions: inout MutableSpan<Float>, logProbabilities: inout MutableSpan<Double>
  ) {
    forward(θ, on: observations, rows: lanes.count, .actor, in: &workspace)
    draw(
      θ, lanes: lanes, from: streams, exploring: &exploration, in: &workspace, actions: &actions,
      logProbabilities: &logProbabilities)
  }

  /// The same after a forward pass.
  func draw(
    _ θ: Parameters, lanes: [Int], from streams: [RandomStream], exploring exploration: inout Exploration,
    in workspace: inout Workspace, actions: inout MutableSpan<Float>,
    logProbabilities: inout MutableSpan<Double>
  ) {
    if explores { explore(θ, lanes, streams, &exploration, in: &workspace) }
    for family in families {
      family.sample(
        rows: lanes.count, workspace.head, noise: workspace.noise.span, lanes: lanes, drawing: streams,
        into: &actions)
    }
    readLogProbabilities(of: actions.span, rows: lanes.count, in: workspace, into: &logProbabilities)
  }

  /// φᵀ ε of each row, with ε drawn again where it is due.
  private func explore(
    _ θ: Parameters, _ lanes: [Int], _ streams: [RandomStream], _ exploration: inout Exploration,
    in workspace: inout Workspace
  ) {
    let (latent, size) = (latent(in: workspace), actor.latentSize)
    for (row, lane) in lanes.enumerated() {
      if exploration.isDue(lane) {
        exploration.matrices[lane].removeAll(keepingCapacity: true)
        let count = actorRange.upperBound - freeStart
        for k in 0..<count {
          exploration.matrices[lane].append(
            Float(exponential(Double(θ.values[freeStart + k])) * streams[lane].standardNormal()))
        }
      }
      for place in places where place.deviation == .exploring {
        let (n, free) = (place.valueCount, place.free - freeStart)
        for k in 0..<n {
          var sum: Float = 0
          for j in 0..<size { sum += latent[row * size + j] * exploration.matrices[lane][free + j * n + k] }
          workspace.noise[row * actionSize + place.value + k] = sum
        }
      }
    }
  }

  /// The most probable action of each row.
  public func mode(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, in workspace: inout Workspace,
    actions: inout MutableSpan<Float>
  ) {
    forward(θ, on: observations, rows: rows, .actor, in: &workspace)
    for family in families { family.mode(rows: rows, workspace.head, into: &actions) }
  }
}
