/// The returns of the last 100 episodes that ended in training, in the order in which they ended.
struct RecentReturns {
  /// The number of episodes, as Gymnasium's and Stable-Baselines3's monitors count them.
  static let capacity = 100

  /// The returns, the newest last.
  private(set) var values: [Double] = []

  /// Makes a record of the last of some returns.
  init(_ values: [Double] = []) { add(values) }

  /// Adds the returns of an iteration.
  mutating func add(_ returns: [Double]) {
    values += returns
    values.removeFirst(max(0, values.count - Self.capacity))
  }

  /// The mean, added from the oldest on; nil if no episode ended.
  var mean: Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
}
