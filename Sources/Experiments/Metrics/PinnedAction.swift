internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

/// A number of the action that is at one of its bounds in nearly all steps.
struct PinnedAction {
  let index: Int
  let bound: Double
  let fraction: Double

  /// The least part of the steps.
  static let least = 0.99

  /// Looks for such a number in a rollout.
  ///
  /// - Parameters:
  ///   - rollout: the steps.
  ///   - policy: the policy that drew their actions.
  ///   - space: the actions.
  init?(_ rollout: Rollout, _ policy: Policy, _ space: Space) {
    let (bounds, limits, size) = (ActionBounds(space), space.valueBounds, space.valueCount)
    let isOfBox = space.leaves.flatMap { Array(repeating: $0.isBox, count: $0.kind.valueCount) }
    guard isOfBox.contains(true) else { return nil }
    var (atLow, atHigh, count) = (Array(repeating: 0, count: size), Array(repeating: 0, count: size), 0)
    var applied = Array(repeating: Float(0), count: size)
    for lane in rollout.lanes {
      for first in stride(from: 0, to: lane.actions.count, by: size) {
        bounds.clamp(policy, lane.actions.span.extracting(first..<first + size), into: &applied)
        for k in 0..<size {
          if Double(applied[k]) <= limits.low[k] { atLow[k] += 1 }
          if Double(applied[k]) >= limits.high[k] { atHigh[k] += 1 }
        }
        count += 1
      }
    }
    for k in 0..<size where count > 0 && isOfBox[k] && limits.low[k] < limits.high[k] {
      for (hits, bound) in [(atLow[k], limits.low[k]), (atHigh[k], limits.high[k])]
      where Double(hits) >= Self.least * Double(count) && bound.isFinite {
        (index, self.bound, fraction) = (k, bound, Double(hits) / Double(count))
        return
      }
    }
    return nil
  }
}

extension Space.Leaf {
  fileprivate var isBox: Bool {
    if case .box = kind { true } else { false }
  }
}
