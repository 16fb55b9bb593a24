internal import AscentEnvironments
internal import AscentExperiments
internal import AscentPolicies

/// What the panel of a film says of each step: its numbers, and the distributions that the action was drawn from.
struct FilmWords {
  private let episode: PlayedEpisode
  private let views: [PolicyView]
  /// The axis of each value of an action: its bounds, or where it has none, what the episode needs.
  private let ranges: [(low: Double, high: Double)]

  init(_ episode: PlayedEpisode, _ views: [PolicyView], actionSpace: Space) {
    (self.episode, self.views) = (episode, views)
    let bounds = actionSpace.valueBounds
    ranges = (0..<episode.actionSize).map { k in
      if bounds.low[k].isFinite, bounds.high[k].isFinite, bounds.low[k] < bounds.high[k] {
        return (bounds.low[k], bounds.high[k])
      }
      return Self.range(of: k, episode, views)
    }
  }

  /// The least range that has all actions and all deviations of an episode.
  private static func range(
    of k: Int, _ episode: PlayedEpisode, _ views: [PolicyView]
  ) -> (low: Double, high: Double) {
    let taken = stride(from: k, to: episode.actions.count, by: max(1, episode.actionSize)).map {
      Double(episode.actions[$0])
    }
    let said = views.flatMap { view in
      var first = 0
      var found: [Double] = []
      for action in view.actions {
        if case .numbers(let spreads) = action, spreads.indices.contains(k - first) {
          found += [spreads[k - first].low, spreads[k - first].high]
        }
        first += action.valueCount
      }
      return found
    }
    let all = (taken + said).filter(\.isFinite)
    return (all.min() ?? 0, all.max() ?? 1)
  }

  /// The words before step t, or after the last step.
  func json(at t: Int) -> JSON {
    let isLast = t == episode.rewards.count
    let view = views.isEmpty ? nil : views[min(t, views.count - 1)]
    let end = episode.isCut ? "cut" : "\(episode.end)"
    return .object([
      ("step", .integer(t)), ("return", .number(episode.rewards[..<t].reduce(0, +))),
      ("end", isLast ? .text(end) : .null),
      ("value", isLast ? .null : view?.value.map { .number($0) } ?? .null),
      ("log_probability", isLast ? .null : .number(episode.logProbabilities[t])),
      ("rows", .array(view.map { rows($0, at: isLast ? nil : t) } ?? [])),
    ])
  }

  /// The rows of a view; nil leaves out the numbers, as after the last step.
  private func rows(_ view: PolicyView, at t: Int?) -> [JSON] {
    var (rows, first) = ([JSON](), 0)
    for (k, action) in view.actions.enumerated() {
      let taken = { (value: Int) in t.map { episode.actions[$0 * episode.actionSize + first + value] } }
      let prefix = view.actions.count > 1 ? "\(k):" : ""
      switch action {
      case .choices(let probabilities):
        rows += probabilities.enumerated().map { choice, p in
          share("\(prefix)\(choice)", p, isChosen: taken(0) == Float(choice), isKnown: t != nil)
        }
      case .bits(let probabilities):
        rows += probabilities.enumerated().map { bit, p in
          share("\(prefix)bit \(bit)", p, isChosen: taken(bit) == 1, isKnown: t != nil)
        }
      case .numbers(let spreads):
        rows += spreads.enumerated().map { spread($1, first + $0, taken($0)) }
      case .unknown(let count):
        rows += (0..<count).map { value in
          .object([
            ("label", .text("a\(first + value)")), ("action", taken(value).map { .single($0) } ?? .null),
          ])
        }
      }
      first += action.valueCount
    }
    return rows
  }

  private func share(_ label: String, _ p: Double, isChosen: Bool, isKnown: Bool) -> JSON {
    .object([
      ("label", .text(label)), ("share", isKnown ? .number(p) : .null),
      ("chosen", .bool(isKnown && isChosen)),
    ])
  }

  private func spread(_ spread: ActionSummary.Spread, _ value: Int, _ action: Float?) -> JSON {
    let number = { (x: Double) in action == nil ? JSON.null : .number(x) }
    return .object([
      ("label", .text("a\(value)")), ("low", number(spread.low)), ("middle", number(spread.middle)),
      ("high", number(spread.high)), ("action", action.map { .single($0) } ?? .null),
      ("range", .array([.number(ranges[value].low), .number(ranges[value].high)])),
    ])
  }
}
