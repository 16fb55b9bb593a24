internal import AscentMathematics
internal import AscentPolicies

/// The running mean and deviation of each observation feature, which it writes to the policy's parameters.
///
/// They change only between iterations: within an iteration and in evaluation they are constant, like the weights.
struct Standardizer: Sendable {
  private var moments: RunningMoments
  private let range: Range<Int>
  /// The columns whose statistics are written: all but indices of choices, and those that the policy leaves as they are.
  private let columns: [Int]

  /// The number that is added to a variance before taking its square root.
  private static let ε = 1e-8

  init(_ policy: Policy) {
    moments = RunningMoments(columns: policy.featureSize)
    range = policy.standardRange
    let fixed = Set(policy.indexColumns).union(policy.architecture.unstandardized.flatMap { Array($0) })
    columns = (0..<policy.featureSize).filter { !fixed.contains($0) }
  }

  /// Updates the statistics with a rollout's observations, of which each process reads its own lanes, and writes them to θ.
  mutating func absorb(_ rollout: Rollout, into θ: inout Parameters, with collective: any Collective) {
    let count = range.count / 2
    var records = Array(repeating: RunningMoments(columns: count).record, count: rollout.lanes.count)
    for l in collective.share(of: rollout) {
      let lane = rollout.lanes[l]
      var (part, room) = (RunningMoments(columns: count), [Float]())
      for episode in lane.episodes {
        for slot in episode.slots.dropLast() {
          lane.observations.read(slot..<slot + 1, &room) { part.add($0.extracting(0..<count)) }
        }
      }
      records[l] = part.record
    }
    collective.complete(&records, of: rollout)
    moments.add(
      lanes: records.map { record in
        var part = RunningMoments(columns: count)
        part.record = record
        return part
      })
    for k in columns {
      θ.values[range.lowerBound + k] = Float(moments.mean[k])
      θ.values[range.lowerBound + count + k] = Float(1 / (moments.variance(k) + Self.ε).squareRoot())
    }
  }

  var record: [Double] {
    get { moments.record }
    set { moments.record = newValue }
  }
}
