/// The error of environments that cannot form lanes.
public enum LanesError: Error, Equatable, CustomStringConvertible {
  /// There is no environment.
  case none
  /// This lane's spaces differ from those of the first lane.
  case differentSpaces(lane: Int)
  /// The sizes of a space contradict each other, as the sentence says.
  case space(String)
  /// The environments are not one for each of these lanes, or the vectors have different sizes.
  case count(environments: Int, lanes: Range<Int>)

  /// One sentence.
  public var description: String {
    switch self {
    case .none: "a run needs at least one lane"
    case .differentSpaces(let lane):
      "lane \(lane) has other spaces than the first lane; all lanes must have equal spaces"
    case .space(let text): text
    case .count(let environments, let lanes):
      "\(environments) environments do not fit the lanes \(lanes), or their vectors have different sizes"
    }
  }
}
