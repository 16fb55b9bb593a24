/// A curve in one row of a terminal: ▁▂▃▅▇█, from the first value to the last.
///
/// However many values are added, only so many are kept: neighbors are replaced by their mean.
struct Sparkline {
  private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let capacity = 256

  /// The means of `span` values each.
  private var means: [Double] = []
  private var span = 1
  /// The values since the last mean.
  private var open = (sum: 0.0, count: 0)

  /// Adds a value; one that is not finite is left out.
  mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    open = (open.sum + value, open.count + 1)
    guard open.count == span else { return }
    means.append(open.sum / Double(span))
    open = (0, 0)
    guard means.count == Self.capacity else { return }
    means = stride(from: 0, to: means.count, by: 2).map { (means[$0] + means[$0 + 1]) / 2 }
    span *= 2
  }

  /// The curve in at most so many characters; empty if there are fewer than two values.
  func text(width: Int) -> String {
    let all = means + (open.count > 0 ? [open.sum / Double(open.count)] : [])
    let count = min(width, all.count)
    guard count > 1, let lowest = all.min(), let highest = all.max() else { return "" }
    let points = (0..<count).map { k -> Double in
      let part = all[k * all.count / count..<(k + 1) * all.count / count]
      return part.reduce(0, +) / Double(part.count)
    }
    let range = highest - lowest
    return String(
      points.map { point in
        guard range > 0 else { return Self.levels[Self.levels.count / 2] }
        return Self.levels[
          min(Self.levels.count - 1, Int((point - lowest) / range * Double(Self.levels.count)))]
      })
  }
}
