internal import AscentPolicies
internal import FoundationEssentials

/// The map of one number of `drawn_actions` to the environment's number, as files have it.
struct DrawnAs: Decodable {
  /// `identity`, `scaled`, `tanh`, `unit`, or `other` for a map that the family does not say.
  var map: String
  /// The bounds of the map; nil for `identity` and `other`.
  var low, high: Float?

  init(_ coordinate: ActionCoordinate?) {
    switch coordinate {
    case .environment: map = "identity"
    case .scaled(let low, let high): (map, self.low, self.high) = ("scaled", low, high)
    case .squashed(let low, let high): (map, self.low, self.high) = ("tanh", low, high)
    case .unit(let low, let high): (map, self.low, self.high) = ("unit", low, high)
    case nil: map = "other"
    }
  }

  /// The map; nil if this version does not know it, or its bounds are missing or not in order.
  var coordinate: ActionCoordinate? {
    if map == "identity" { return .environment }
    guard let low, let high, low.isFinite, high.isFinite, low < high else { return nil }
    return switch map {
    case "scaled": .scaled(low: low, high: high)
    case "tanh": .squashed(low: low, high: high)
    case "unit": .unit(low: low, high: high)
    default: nil
    }
  }

  var json: JSON {
    var pairs: [(String, JSON)] = [("map", .text(map))]
    if let low, let high { pairs += [("low", .single(low)), ("high", .single(high))] }
    return .object(pairs)
  }
}
