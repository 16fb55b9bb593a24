import Ascent
import Foundation

/// n independent numbers from Laplace distributions with means μ, which the network gives, and scales b, which are parameters.
///
///     log p(a) = −|a − μ|/b − log 2b
///
/// Its tails are heavier than a Gaussian's, so some exploratory actions are far from the mean.
struct LaplaceFamily: ActionFamily {
  /// n.
  let valueCount: Int

  /// The means, then log b.
  var headLayout: HeadLayout { .outputsAndParameters(valueCount, valueCount) }

  func sample(
    _ rows: FactorRows, _ head: borrowing Head, drawing draws: ActionDraws,
    into actions: inout MutableSpan<Float>
  ) {
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let (μ, v) = rows.indices(row, k)
        let distribution = try? Laplace(
          mean: Double(head.values[μ]), scale: Double(head.exponentials[μ + valueCount]))
        // Parameters that are not finite give NaN, at which the learner stops.
        actions[v] = Float(distribution?.sample(from: draws.stream(ofRow: row)) ?? .nan)
      }
    }
  }

  func mode(_ rows: FactorRows, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let (μ, v) = rows.indices(row, k)
        actions[v] = head.values[μ]
      }
    }
  }

  func addLogDensities(
    of actions: Span<Float>, _ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let (μ, v) = rows.indices(row, k)
        let (b, logb) = (Double(head.exponentials[μ + valueCount]), Double(head.values[μ + valueCount]))
        sums[row] -= abs(Double(actions[v]) - Double(head.values[μ])) / b + logb + log(2)
      }
    }
  }

  /// H = 1 + log 2b.
  func addEntropies(_ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        sums[row] += 1 + log(2) + Double(head.values[rows.head[row] + valueCount + k])
      }
    }
  }

  /// ∂ log p/∂ μ = sign(a − μ)/b, ∂ log p/∂ log b = |a − μ|/b − 1, ∂ H/∂ log b = 1.
  func writeAdjoints(
    of actions: Span<Float>, weights: borrowing GradientWeights, _ rows: FactorRows, _ head: borrowing Head,
    into adjoints: inout MutableSpan<Float>
  ) {
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let (μ, v) = rows.indices(row, k)
        let (b, d) = (
          Double(head.exponentials[μ + valueCount]), Double(actions[v]) - Double(head.values[μ])
        )
        let (c, e) = (weights.scores[row], weights.entropies[row])
        adjoints[μ] = Float(d == 0 ? 0 : c * (d > 0 ? 1 : -1) / b)
        adjoints[μ + valueCount] = Float(c * (abs(d) / b - 1) + e)
      }
    }
  }

  /// KL(b₀, b₁; d) = log(b₁/b₀) + (|d| + b₀ exp(−|d|/b₀))/b₁ − 1 for means d apart.
  func addDivergences(
    from before: borrowing Head, _ rows: FactorRows, _ head: borrowing Head,
    into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let μ = rows.head[row] + k
        let β = μ + valueCount
        let (b0, b1) = (Double(before.exponentials[β]), Double(head.exponentials[β]))
        let d = abs(Double(before.values[μ]) - Double(head.values[μ]))
        sums[row] +=
          Double(head.values[β]) - Double(before.values[β]) + (d + b0 * exp(-d / b0)) / b1 - 1
      }
    }
  }

  /// F = diag(1/b², 1).
  func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, _ rows: FactorRows, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let μ = rows.head[row] + k
        let b = head.exponentials[μ + valueCount]
        products[μ] = w * tangents[μ] / (b * b)
        products[μ + valueCount] = w * tangents[μ + valueCount]
      }
    }
  }
}

extension BoxDistribution {
  static let laplace = BoxDistribution(
    "laplace", help: "Laplace with one learned scale for each number; draws are clamped to the bounds",
    needsBounds: false
  ) { LaplaceFamily(valueCount: $0.low.count) }
}
