internal import Policies

/// The gradient of a sum over a batch, in fixed slices that the ``LaneTree`` adds up.
///
/// A slice is a leaf of the tree whoever computes it, so the bits are those of the batch alone, and processes that
/// make a run together share the slices out.
struct BatchGradient {
  /// The most rows of a slice.
  static let largestSlice = 128

  /// The most rows of a slice whose policy remembers: sequences go through time side by side.
  static let largestSliceOfSequences = 512

  /// The rows of a slice; fewer for networks that look at large images, and more where one sequence is longer.
  let sliceSize: Int

  /// ĝ of the last batch, of the parameters that are learned.
  private(set) var gradient: [Float]
  /// What the rows of the last batch add up to.
  private(set) var terms = Terms()
  private var slices: [[Float]] = []
  private var sliceTerms: [Terms] = []
  private let collective: any Collective
  private var workspace: Workspace
  /// What a slice's rows found: log π and V; then c and v, and e.
  private var found: RowNumbers
  private var weights: RowNumbers
  private var entropyWeights: [Double]

  init(_ policy: Policy, with collective: any Collective) {
    self.collective = collective
    gradient = Array(repeating: 0, count: policy.learnedCount)
    sliceSize = policy.rows(
      atMost: policy.remembers ? Self.largestSliceOfSequences : Self.largestSlice)
    (found, weights) = (RowNumbers(count: sliceSize), RowNumbers(count: sliceSize))
    entropyWeights = weights.scores
    workspace = policy.makeWorkspace(rows: sliceSize)
  }

  /// What one row found.
  struct Row {
    var logProbability, value: Double
  }

  /// What a row adds to the sums that a report is made of.
  struct Terms: BitwiseCopyable {
    var divergence = 0.0
    var clipped = 0.0
    var valueError = 0.0

    static func += (sum: inout Terms, addend: Terms) {
      sum.divergence += addend.divergence
      sum.clipped += addend.clipped
      sum.valueError += addend.valueError
    }
  }

  /// ∇ Σ c log π + e H + v V, with c, e and v that `weigh` makes of what each row found.
  ///
  /// `parts` are the networks that are asked and differentiated; `weigh` gets a row's number and what it found, and
  /// adds the row to its slice's terms. It is asked about this process's rows only.
  mutating func compute(
    _ batch: Batch, _ policy: Policy, _ θ: Parameters, _ parts: Policy.Parts,
    weigh: (Int, Row, inout Terms) -> (score: Double, entropy: Double, value: Double)
  ) {
    let passages = batch.slices(of: sliceSize)
    let count = passages.count
    while slices.count < count { slices.append(gradient) }
    sliceTerms = Array(repeating: Terms(), count: count)
    // One slice is faster computed by everyone than handed over.
    for slice in count > 1 ? collective.share(of: count) : 0..<count {
      batch.withObservations(of: passages[slice]) { o in
        compute(slice, passages[slice], o, batch, policy, θ, parts, weigh)
      }
    }
    if count > 1 { collective.complete(&slices, &sliceTerms) }
    LaneTree.reduce(count) { left, right in
      sliceTerms[left] += sliceTerms[right]
      let addend = slices[right]
      var sum = slices[left].mutableSpan
      ParameterUpdate.add(addend.span, to: &sum)
    }
    terms = sliceTerms.first ?? Terms()
    if count > 0 { swap(&gradient, &slices[0]) }
  }

  private mutating func compute(
    _ slice: Int, _ passage: Passage, _ o: Span<Float>, _ batch: Batch, _ policy: Policy, _ θ: Parameters,
    _ parts: Policy.Parts,
    _ weigh: (Int, Row, inout Terms) -> (score: Double, entropy: Double, value: Double)
  ) {
    let rows = passage.rows
    let n = rows.count
    found.reserve(n)
    weights.reserve(n)
    if entropyWeights.count < n { entropyWeights = weights.scores }
    let a = batch.actions.span.extracting(
      rows.lowerBound * policy.actionSize..<rows.upperBound * policy.actionSize)
    policy.forward(θ, on: o, rows: n, parts, along: passage.sequences, in: &workspace)
    found.read(policy, of: a, rows: n, parts, in: workspace)
    var terms = sliceTerms[slice]
    found.map(n, into: &weights.scores, &entropyWeights, &weights.values) { k, row in
      weigh(rows.lowerBound + k, row, &terms)
    }
    sliceTerms[slice] = terms
    // The buffers leave for as long as spans on them live.
    var sum = slices[slice]
    slices[slice] = []
    for k in sum.indices { sum[k] = 0 }
    let (c, e, v) = (weights.scores, entropyWeights, weights.values)
    var g = sum.mutableSpan
    policy.accumulateGradient(
      θ, of: a, on: o, scores: parts.contains(.actor) ? c.span : nil, entropies: e.span,
      values: parts.contains(.critic) ? v.span : nil, rows: n, in: &workspace, into: &g)
    slices[slice] = sum
  }

  /// The first so many numbers of ĝ; all of them are not copied.
  func first(_ count: Int) -> [Float] { count == gradient.count ? gradient : Array(gradient[..<count]) }

  /// ‖ĝ‖.
  var norm: Double { ParameterUpdate.squareNorm(gradient.span).squareRoot() }

  /// Makes ‖ĝ‖ at most `bound`.
  mutating func clip(to bound: Double, norm: Double) {
    guard norm > bound else { return }
    var span = gradient.mutableSpan
    ParameterUpdate.scale(&span, by: Float(bound / (norm + 1e-6)))
  }
}

/// Two numbers of each of a slice's rows: of its score, and of its value.
private struct RowNumbers {
  var scores, values: [Double]

  init(count: Int) {
    scores = Array(repeating: 0, count: count)
    values = scores
  }

  mutating func reserve(_ count: Int) {
    if count > scores.count { self = RowNumbers(count: count) }
  }

  /// Makes three numbers of what each of the first `count` rows found.
  func map(
    _ count: Int, into c: inout [Double], _ e: inout [Double], _ v: inout [Double],
    _ body: (Int, BatchGradient.Row) -> (score: Double, entropy: Double, value: Double)
  ) {
    var c = c.mutableSpan
    var e = e.mutableSpan
    var v = v.mutableSpan
    for k in 0..<count {
      let row = BatchGradient.Row(logProbability: scores[k], value: values[k])
      (c[k], e[k], v[k]) = body(k, row)
    }
  }

  mutating func read(
    _ policy: Policy, of actions: Span<Float>, rows: Int, _ parts: Policy.Parts,
    in workspace: borrowing Workspace
  ) {
    if parts.contains(.actor) {
      var logs = scores.mutableSpan
      policy.readLogProbabilities(of: actions, rows: rows, in: workspace, into: &logs)
    }
    if parts.contains(.critic) {
      var v = values.mutableSpan
      policy.readValues(rows: rows, in: workspace, into: &v)
    }
  }
}
