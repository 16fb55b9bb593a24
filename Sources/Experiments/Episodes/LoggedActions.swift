internal import AscentEnvironments
internal import AscentPolicies

/// Brings the actions of files to the numbers that a policy records.
///
/// An action whose map equals the policy's stays as it is in every bit; another one is computed from the environment's
/// number.
struct LoggedActions {
  /// The map of each value of the policy's actions.
  private let own: [ActionCoordinate?]
  /// The bounds of the environment's actions.
  private let low, high: [Float]
  /// True for the numbers of boxes.
  private let isBox: [Bool]

  /// A number that the policy never acts with.
  struct Unreachable {
    /// The step and the number of the value in its action.
    let step, index: Int
    /// The environment's number.
    let position: Double
    /// The bounds strictly between which the policy acts.
    let low, high: Float

    var description: String {
      "has an action [\(step)] whose number [\(index)] is \(Float(position)); the policy's distribution acts strictly "
        + "between \(low) and \(high) and has no density there: use one with policy.distribution = gaussian, whose draws "
        + "are clamped to the bounds"
    }

    /// The error about an episode of a file with such a number.
    func error(_ file: String, _ episode: LoggedEpisode) -> ExperimentError {
      .damaged(file: file, reason: "line \(episode.line) \(description)")
    }
  }

  /// The actions as the policy records them, and those that it never takes.
  struct Read {
    var actions: [Float] = []
    var unreachable: [Unreachable] = []
    /// True for each bound of a number, the low one of number k at 2k and the high one behind it, beyond which actions were
    /// drawn: then their weights count what a policy does there.
    var goesBeyond: [Bool]
  }

  init(for policy: Policy, in space: Space) {
    own = policy.actionCoordinates
    let bounds = space.valueBounds
    (low, high) = (bounds.low.map { Float($0) }, bounds.high.map { Float($0) })
    isBox = space.leaves.flatMap { leaf in
      let isBox = if case .box = leaf.kind { true } else { false }
      return Array(repeating: isBox, count: leaf.kind.valueCount)
    }
  }

  /// Reads actions, [step][value], that were recorded by the given maps.
  func read(_ actions: [[Float]], as maps: [ActionCoordinate]) throws(LineFault) -> Read {
    var read = Read(goesBeyond: Array(repeating: false, count: 2 * own.count))
    for (t, action) in actions.enumerated() {
      for (k, value) in action.enumerated() {
        guard let own = own[k] else {
          throw LineFault(
            "has actions that the policy's distribution cannot evaluate: the family does not say its coordinates"
          )
        }
        let position = maps[k].position(of: value)
        // Numbers in units of the box are drawn without bounds; of others, only those beyond a bound show it.
        let isUnbounded = maps[k] != .environment && maps[k].openBounds == nil
        if isBox[k], isUnbounded || position < Double(low[k]) { read.goesBeyond[2 * k] = true }
        if isBox[k], isUnbounded || position > Double(high[k]) { read.goesBeyond[2 * k + 1] = true }
        if own == maps[k] {
          read.actions.append(value)
          continue
        }
        let recorded = own.recorded(at: position)
        if recorded == nil, let bounds = own.openBounds {
          read.unreachable.append(
            Unreachable(step: t, index: k, position: position, low: bounds.low, high: bounds.high))
        }
        // An action that the policy never takes stands as one in the middle.
        read.actions.append(recorded ?? own.middle)
      }
    }
    return read
  }

  /// The maps of a line's `drawn_as`.
  func maps(_ drawnAs: [DrawnAs]) throws(LineFault) -> [ActionCoordinate] {
    guard drawnAs.count == own.count else {
      throw LineFault("has \(drawnAs.count) maps in drawn_as for actions of \(own.count) numbers")
    }
    var maps: [ActionCoordinate] = []
    for (k, entry) in drawnAs.enumerated() {
      guard let map = entry.coordinate else {
        throw LineFault("has a drawn_as [\(k)] that is no map this version knows, '\(entry.map)'")
      }
      maps.append(map)
    }
    return maps
  }

  /// The maps of a line without `drawn_as`, as release 0.1 wrote it, from the actions that the environment received.
  func maps(from drawn: [[Float]], to received: [[Float]]) throws(LineFault) -> [ActionCoordinate] {
    var maps: [ActionCoordinate] = []
    for k in own.indices {
      guard isBox[k] else {
        maps.append(.environment)
        continue
      }
      let fitting = candidates(k).filter { map in
        zip(drawn, received).allSatisfy { isNear(clamped(map.position(of: $0[k]), k), $1[k], k) }
      }
      guard let map = fitting.first else {
        throw LineFault(
          "has drawn_actions that do not belong to its actions, and no drawn_as that says their map")
      }
      let isAmbiguous = fitting.dropFirst().contains { other in
        drawn.contains { !isNear(Float(other.position(of: $0[k])), Float(map.position(of: $0[k])), k) }
      }
      guard !isAmbiguous else {
        throw LineFault(
          "has drawn_actions without drawn_as, which a clamped and a squashed distribution explain alike; "
            + "write the file again with ascent sample")
      }
      maps.append(map)
    }
    return maps
  }

  /// True if the policy can act on a bound of a box, since its draws are clamped.
  var canReachBounds: Bool {
    own.indices.contains { k in
      isBox[k] && (low[k].isFinite || high[k].isFinite) && own[k].map { $0.openBounds == nil } ?? false
    }
  }

  /// The bounds of boxes that the environment receives for a drawn action, as ``Read/goesBeyond`` counts them.
  func bounds(of drawn: ArraySlice<Float>) -> [Bool] {
    zip(drawn, own.indices).flatMap { value, k in
      guard isBox[k], let position = own[k]?.position(of: value) else { return [false, false] }
      return [position <= Double(low[k]), position >= Double(high[k])]
    }
  }

  private func candidates(_ k: Int) -> [ActionCoordinate] {
    guard low[k].isFinite, high[k].isFinite, low[k] < high[k] else { return [.environment] }
    return [.environment, .squashed(low: low[k], high: high[k]), .unit(low: low[k], high: high[k])]
  }

  private func clamped(_ position: Double, _ k: Int) -> Float { min(max(Float(position), low[k]), high[k]) }

  /// True if two numbers are equal but for rounding.
  private func isNear(_ a: Float, _ b: Float, _ k: Int) -> Bool {
    let size = low[k].isFinite && high[k].isFinite ? max(abs(low[k]), abs(high[k])) : 0
    return abs(a - b) <= 4 * max(size, abs(b)).ulp
  }
}

extension ActionCoordinate {
  /// The recorded number of the middle of open bounds; 0 without them.
  fileprivate var middle: Float {
    if case .unit = self { 0.5 } else { 0 }
  }
}
