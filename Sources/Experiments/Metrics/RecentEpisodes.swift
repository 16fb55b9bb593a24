internal import AscentPolicyGradients

/// The last 100 episodes that ended in training, in the order in which they ended.
struct RecentEpisodes {
  /// The number of episodes, as Gymnasium's and Stable-Baselines3's monitors count them.
  static let capacity = 100

  /// The returns, the newest last.
  private(set) var returns: [Double] = []
  /// The lengths, the newest last; fewer than the returns after a checkpoint of an earlier version, which has none.
  private(set) var lengths: [Int] = []

  /// Makes a record of the last of some episodes.
  init(returns: [Double] = [], lengths: [Int] = []) {
    self.returns = returns.suffix(Self.capacity)
    self.lengths = lengths.suffix(Self.capacity)
  }

  /// Adds the episodes of an iteration.
  mutating func add(_ report: Learner.Report) {
    self = RecentEpisodes(returns: returns + report.returns, lengths: lengths + report.lengths)
  }

  /// The mean return, added from the oldest on; nil if no episode ended.
  var meanReturn: Double? { returns.isEmpty ? nil : returns.reduce(0, +) / Double(returns.count) }

  /// The mean length; nil if no episode ended.
  var meanLength: Double? {
    lengths.isEmpty ? nil : Double(lengths.reduce(0, +)) / Double(lengths.count)
  }
}
