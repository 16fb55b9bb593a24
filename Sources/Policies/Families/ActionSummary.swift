internal import AscentMathematics

/// The distribution of one factor of an action in one row, in numbers that a person reads.
package enum ActionSummary: Sendable, Equatable {
  /// π of each choice.
  case choices([Double])
  /// The probability that each bit is 1.
  case bits([Double])
  /// A number of the environment for each value: the middle of its distribution, and the ends of one deviation around it.
  case numbers([Spread])
  /// The family does not say; its number of values.
  case unknown(Int)

  /// A number's middle, and one deviation below and above it, in the environment's units.
  package struct Spread: Sendable, Equatable {
    package var (low, middle, high): (Double, Double, Double)

    init(_ low: Double, _ middle: Double, _ high: Double) {
      (self.low, self.middle, self.high) = (low, middle, high)
    }
  }

  /// The number of values of the action that it is about.
  package var valueCount: Int {
    switch self {
    case .choices: 1
    case .bits(let values): values.count
    case .numbers(let values): values.count
    case .unknown(let count): count
    }
  }
}

/// A family whose distributions have a summary.
protocol SummarizedFamily: ActionFamily {
  /// The summary of the first of the rows.
  func summary(_ rows: FactorRows, _ head: borrowing Head) -> ActionSummary
}

extension CategoricalFamily: SummarizedFamily {
  func summary(_ rows: FactorRows, _ head: borrowing Head) -> ActionSummary {
    var probabilities: [Double] = []
    for k in 0..<count { probabilities.append(Double(head.exponentials[rows.head[0] + k])) }
    return .choices(probabilities)
  }
}

extension BernoulliFamily: SummarizedFamily {
  func summary(_ rows: FactorRows, _ head: borrowing Head) -> ActionSummary {
    var probabilities: [Double] = []
    for k in 0..<count { probabilities.append(logistic(Double(head.values[rows.head[0] + k]))) }
    return .bits(probabilities)
  }
}

extension GaussianFamily: SummarizedFamily {
  /// μ − σ, μ and μ + σ, each brought to the environment's units; a squashed number's ends are not symmetric.
  func summary(_ rows: FactorRows, _ head: borrowing Head) -> ActionSummary {
    var spreads: [ActionSummary.Spread] = []
    for (k, coordinate) in (coordinates ?? []).enumerated() {
      let μ = rows.head[0] + k
      let (mean, deviation) = (head.values[μ], head.exponentials[μ + count])
      let ends = [mean - deviation, mean, mean + deviation].map { coordinate.position(of: $0) }
      spreads.append(ActionSummary.Spread(ends[0], ends[1], ends[2]))
    }
    return .numbers(spreads)
  }
}

extension BetaFamily: SummarizedFamily {
  /// Mean α/(α + β) and deviation √(α β / (α + β + 1)) / (α + β), scaled to the bounds.
  func summary(_ rows: FactorRows, _ head: borrowing Head) -> ActionSummary {
    var spreads: [ActionSummary.Spread] = []
    for k in 0..<valueCount {
      let (α, β) = shapes(rows.head[0] + k, head)
      let (low, width) = (Double(bounds.low[k]), Double(bounds.high[k]) - Double(bounds.low[k]))
      let mean = α / (α + β)
      let deviation = (α * β / (α + β + 1)).squareRoot() / (α + β)
      let ends = [mean - deviation, mean, mean + deviation].map { low + width * $0 }
      spreads.append(ActionSummary.Spread(ends[0], ends[1], ends[2]))
    }
    return .numbers(spreads)
  }
}
