internal import AscentPolicyGradients

/// A number of an iteration under its name in TensorBoard and in the lines of `ascent train --json`.
///
/// The names of Stable-Baselines3 are those of its numbers, so that runs of both can be laid over each other; `ascent/…` has
/// the other columns of metrics.csv under their own names.
public struct MetricsTag: Sendable {
  /// The name, such as `rollout/ep_rew_mean`.
  public let name: String
  /// The meaning, in a sentence.
  public let meaning: String
  /// The number in a row.
  let number: @Sendable (Metrics.Row) -> Double

  private init(_ name: String, _ meaning: String, _ number: @escaping @Sendable (Metrics.Row) -> Double) {
    (self.name, self.meaning, self.number) = (name, meaning, number)
  }

  /// All tags, in order.
  public static let all: [MetricsTag] =
    [
      MetricsTag(
        "rollout/ep_rew_mean", "The mean return of the last \(RecentEpisodes.capacity) episodes that ended."
      ) { $0.recent.meanReturn ?? .nan },
      MetricsTag(
        "rollout/ep_len_mean", "The mean length of the last \(RecentEpisodes.capacity) episodes that ended."
      ) { $0.recent.meanLength ?? .nan },
      MetricsTag("time/fps", "Environment steps per second since this process began to train.") {
        $0.stepsPerSecond
      },
    ]
    + renamed.map { tag, column, sign in
      let source = Metrics.columns.first { $0.name == column }
      return MetricsTag(tag, (sign < 0 ? "−" : "") + "`\(column)`.") { (source?.number($0) ?? .nan) * sign }
    }
    + [
      MetricsTag("train/learning_rate", "The rate of the actor's optimizer; none for natural steps.") {
        $0.rate
      },
      MetricsTag(
        "ascent/signal_to_noise",
        "√(‖g‖² − σ²) ∕ σ of the sum g of the actor's gradients in the first pass, 0 where σ is larger; σ² is the variance of "
          + "g, estimated from its parts: the minibatches, the slices of a single one, or the lanes of whole trajectories."
      ) { $0.report.update.signalToNoise },
    ]
    + Metrics.columns.filter { !isElsewhere($0.name) }.map { column in
      MetricsTag("ascent/\(column.name)", "`\(column.name)`.", column.number)
    }

  /// The tags of Stable-Baselines3 that are columns of metrics.csv, or their negatives.
  private static let renamed: [(tag: String, column: String, sign: Double)] = [
    ("train/approx_kl", "divergence", 1), ("train/clip_fraction", "clip_fraction", 1),
    ("train/entropy_loss", "entropy", -1), ("train/explained_variance", "explained_variance", 1),
    ("train/value_loss", "value_error", 1),
  ]

  private static func isElsewhere(_ column: String) -> Bool {
    // The axes of the curves, and what has a tag of Stable-Baselines3.
    ["iteration", "steps", "seconds"].contains(column) || renamed.contains { $0.column == column }
  }
}

extension Metrics.Row {
  /// The numbers of the row under their tags, those that are not finite included.
  var tagged: [(name: String, value: Double)] { MetricsTag.all.map { ($0.name, $0.number(self)) } }
}
