internal import AscentMathematics
internal import AscentPolicies

/// The gradient of a sum over a minibatch, computed in slices that the ``LaneTree`` adds up.
///
/// A slice is a leaf of the tree, whichever process computes it. The bits therefore depend on the minibatch alone, and
/// the processes of a run divide the slices among them.
struct BatchGradient {
  /// The largest number of rows of a slice.
  static let largestSlice = 128

  /// The largest number of rows of a slice of a recurrent policy, whose sequences are evaluated in parallel.
  static let largestSliceOfSequences = 512

  /// The number of rows of a slice; smaller for networks with large images.
  let sliceSize: Int

  /// ĝ of the last minibatch with respect to the learned parameters.
  private(set) var gradient: [Float]
  /// The sums over the rows of the last minibatch.
  private(set) var terms = Terms()
  /// True if ``signalToNoise`` is to be measured with the next gradient, and not after that.
  var measuresNoise = false
  /// The ratio of the actor's part of the gradient when it was last measured, with slices as its parts.
  private(set) var signalToNoise = Double.nan
  private let policy: Policy
  private let collective: any Collective
  private var slices: [[Float]] = []
  private var sliceTerms: [Terms] = []
  private var workspace: Workspace
  private var observations = ObservationRows()
  /// A minibatch whose observations are to be fetched.
  private var located = Minibatch()
  private var slice: Slice

  init(_ policy: Policy, with collective: any Collective) {
    (self.policy, self.collective) = (policy, collective)
    gradient = Array(repeating: 0, count: policy.learnedCount)
    sliceSize = policy.rows(
      atMost: policy.remembers ? Self.largestSliceOfSequences : Self.largestSlice)
    slice = Slice(rows: sliceSize)
    workspace = policy.makeWorkspace(rows: sliceSize)
  }

  /// One slice: the results of its forward pass, and the weights of the gradient's terms.
  struct Slice {
    /// The rows, as rows of the minibatch.
    var rows = 0..<0
    /// log π(a∣o) of each row, if the actor was evaluated.
    var logProbabilities: [Double]
    /// V(o) of each row, if the critic was evaluated.
    var values: [Double]
    /// c, e and v of each row.
    var weights: GradientWeights
    /// Scratch memory for the ratios and coefficients of each row.
    var ratios, coefficients: [Double]

    fileprivate init(rows: Int) {
      logProbabilities = Array(repeating: 0, count: rows)
      (values, ratios, coefficients) = (logProbabilities, logProbabilities, logProbabilities)
      weights = GradientWeights(rows: rows)
    }

    fileprivate mutating func read(
      _ policy: Policy, of actions: Span<Float>, _ parts: Policy.Parts, in workspace: borrowing Workspace
    ) {
      if parts.contains(.actor) {
        logProbabilities.withMutableSpan {
          policy.readLogProbabilities(of: actions, in: workspace, into: &$0)
        }
      }
      if parts.contains(.critic) {
        values.withMutableSpan { policy.readValues(in: workspace, into: &$0) }
      }
    }
  }

  /// Sums over rows for the report.
  struct Terms: BitwiseCopyable {
    var divergence = 0.0
    var clipped = 0.0
    var valueError = 0.0
    /// ‖Gₖ‖² of the actor's part of the slices' gradients, if the noise is measured.
    var square = 0.0

    static func += (sum: inout Terms, addend: Terms) {
      sum.divergence += addend.divergence
      sum.clipped += addend.clipped
      sum.valueError += addend.valueError
      sum.square += addend.square
    }
  }

  /// The slices of a minibatch that a process computes: a single one is computed by all, which is faster than an exchange.
  private func share(of count: Int, rank: Int) -> Range<Int> {
    count > 1 ? collective.share(of: count, rank: rank) : 0..<count
  }

  /// The number of passes in which a process reads its own slices alone: `count`, or nil if it reads every minibatch whole, as
  /// minibatches of a single slice.
  func passes(_ count: Int, inMinibatchesOf size: Int) -> Int? {
    count == 0 || size == 0 || size > sliceSize ? count : nil
  }

  /// Brings the observations here that this process's slices need, where the processes keep those of their own lanes.
  ///
  /// - Parameters:
  ///   - minibatches: the units of each minibatch of a pass.
  ///   - batch: the batch that they are units of.
  ///   - rollout: the rollout with the observations.
  mutating func fetch(_ minibatches: [ArraySlice<Int>], of batch: Batch, into rollout: inout Rollout) {
    guard rollout.spread != nil else { return }
    for units in minibatches {
      located.locate(units, of: batch, sliceSize: sliceSize)
      let slices = located.slices
      for process in 0..<collective.count {
        for k in share(of: slices.count, rank: process) {
          for place in located.places[slices[k].inputs] {
            rollout.spread?.note(place.slot, ofLane: place.lane, neededBy: process)
          }
        }
      }
    }
    rollout.exchangeNoted(with: collective)
  }

  /// Computes ∇ Σ c log π + e H + v V over a minibatch.
  ///
  /// - Parameters:
  ///   - minibatch: the rows.
  ///   - rollout: the rollout with the rows' observations.
  ///   - θ: the parameters.
  ///   - parts: the networks that are evaluated and differentiated.
  ///   - weigh: a function that writes the weights of a slice's rows and adds them to the terms; called only for this
  ///     process's slices.
  mutating func compute(
    _ minibatch: Minibatch, of rollout: Rollout, _ θ: Parameters, _ parts: Policy.Parts,
    weigh: (inout Slice, inout Terms) -> Void
  ) {
    let count = minibatch.slices.count
    while slices.count < count { slices.append(gradient) }
    sliceTerms = Array(repeating: Terms(), count: count)
    for k in share(of: count, rank: collective.rank) {
      observations.load(minibatch.places[minibatch.slices[k].inputs], of: rollout, for: policy)
      differentiate(k, minibatch, θ, parts, weigh)
    }
    if count > 1 { collective.sum(&slices, count: count, beside: &sliceTerms) }
    LaneTree.reduce(count) { left, right in sliceTerms[left] += sliceTerms[right] }
    terms = sliceTerms.first ?? Terms()
    if count > 0 { swap(&gradient, &slices[0]) }
    if measuresNoise {
      let sum = gradient
      signalToNoise = SignalToNoise.ratio(
        of: sum.span.extracting(policy.actorRange), parts: count, squares: terms.square)
    }
    measuresNoise = false
  }

  private mutating func differentiate(
    _ k: Int, _ minibatch: Minibatch, _ θ: Parameters, _ parts: Policy.Parts,
    _ weigh: (inout Slice, inout Terms) -> Void
  ) {
    let rows = minibatch.slices[k].rows
    if rows.count > slice.values.count { slice = Slice(rows: rows.count) }
    slice.rows = rows
    let a = minibatch.steps.actions.span.extracting(Rows(stride: policy.actionSize)[rows])
    observations.forward(policy, θ, minibatch.slices[k], parts, in: &workspace)
    slice.read(policy, of: a, parts, in: workspace)
    weigh(&slice, &sliceTerms[k])
    // The buffer is moved out while a span over it exists.
    var sum = slices[k]
    slices[k] = []
    for i in sum.indices { sum[i] = 0 }
    observations.withKnown { o in
      var g = sum.mutableSpan
      policy.accumulateGradient(θ, of: a, on: o, weights: slice.weights, in: &workspace, into: &g)
    }
    if measuresNoise {
      sliceTerms[k].square = ParameterUpdate.squareNorm(sum.span.extracting(policy.actorRange))
    }
    slices[k] = sum
  }

  /// The first `count` elements of ĝ; returning all of them makes no copy.
  func first(_ count: Int) -> [Float] { count == gradient.count ? gradient : Array(gradient[..<count]) }

  /// ‖ĝ‖.
  ///
  /// - Throws: ``UpdateFailure`` if the norm is not finite.
  func finiteNorm() throws(UpdateFailure) -> Double {
    let norm = ParameterUpdate.squareNorm(gradient.span).squareRoot()
    guard norm.isFinite else { throw UpdateFailure(quantity: "gradient") }
    return norm
  }

  /// Scales ĝ so that ‖ĝ‖ is at most `bound`; no effect if `bound` is 0.
  mutating func clip(to bound: Double, norm: Double) {
    guard bound > 0, norm > bound else { return }
    gradient.withMutableSpan { ParameterUpdate.scale(&$0, by: Float(bound / (norm + 1e-6))) }
  }
}

/// An error: a quantity of an update is not finite.
struct UpdateFailure: Error {
  var quantity: String
}
