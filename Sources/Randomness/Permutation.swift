internal import CAscentGSL

/// The uniform distribution on the permutations of 0, 1, …, n − 1: p = 1/n!.
public struct Permutation: Distribution {
  /// The number n of elements.
  public let count: Int

  /// Makes the distribution; throws unless 1 ≤ n ≤ 2³¹.
  public init(count: Int) throws(RandomnessError) {
    guard (1...2_147_483_648).contains(count) else {
      throw .parameter(name: "count", value: Double(count), allowed: "from 1 to 2³¹")
    }
    self.count = count
  }

  /// Draws a permutation with GSL's `gsl_ran_shuffle`.
  public func sample(from stream: RandomStream) -> [Int] {
    stream.drawVector(.permutation, [Double(count)], count: count).map { Int($0) }
  }

  /// −log n! for a permutation of 0 ..< n, −∞ for anything else.
  public func logDensity(of x: [Int]) -> Double {
    var seen = Array(repeating: false, count: count)
    for k in x where seen.indices.contains(k) { seen[k] = true }
    guard x.count == count, seen.allSatisfy(\.self) else { return -.infinity }
    return -GammaFunction.logGamma(Double(count) + 1)
  }
}
