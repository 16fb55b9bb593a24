import AscentMathematics

/// The optimality gap: how far scores are below a goal on average, γ − mean(min(x, γ)) (Agarwal et al., 2021).
///
/// A score above the goal counts as the goal, so that one good seed cannot make up for a bad one.
///
/// - Parameters:
///   - values: at least one number.
///   - goal: γ, in units of the scores.
/// - Returns: a number from 0; 0 if every score reaches the goal.
public func optimalityGap(_ values: [Double], goal: Double) -> Double {
  goal - mean(values.map { min($0, goal) })
}

/// The probability of improvement: that a score of one side is above a score of the other, where a tie counts as a half
/// (the statistic of Mann and Whitney; Agarwal et al., 2021).
///
/// - Parameters:
///   - values: the scores of the one side; at least one.
///   - others: the scores of the other side; at least one.
/// - Returns: a number from 0 to 1.
public func probabilityOfImprovement(_ values: [Double], over others: [Double]) -> Double {
  Require.number(values.count, of: "number of values", from: 1)
  Require.number(others.count, of: "number of other values", from: 1)
  var halves = 0
  for x in values {
    for y in others { halves += x > y ? 2 : x == y ? 1 : 0 }
  }
  return Double(halves) / Double(2 * values.count * others.count)
}

/// The unbiased estimate of the variance of numbers.
///
/// - Parameter values: at least two numbers.
/// - Returns: the sum of squared deviations from the mean, divided by one less than the number of values.
package func variance(_ values: [Double]) -> Double {
  Require.number(values.count, of: "number of values", from: 2)
  let center = mean(values)
  return values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(values.count - 1)
}
