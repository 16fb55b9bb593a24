/// Finds the name that a user probably meant.
public enum NearestName {
  /// Returns the candidate with the smallest edit distance (Levenshtein 1966), or "" if there is no candidate.
  public static func of(_ name: String, among candidates: [String]) -> String {
    candidates.min { distance(name, $0) < distance(name, $1) } ?? ""
  }

  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
