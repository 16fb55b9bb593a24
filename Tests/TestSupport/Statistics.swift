/// The largest distance between the empirical distribution of a sample and `cumulative` (Kolmogorov–Smirnov).
public func kolmogorovDistance(_ sample: [Double], _ cumulative: (Double) -> Double) -> Double {
  let sorted = sample.sorted()
  let n = Double(sorted.count)
  var distance = 0.0
  for (k, x) in sorted.enumerated() {
    let p = cumulative(x)
    distance = max(distance, p - Double(k) / n, Double(k + 1) / n - p)
  }
  return distance
}

/// The mean and the variance of a sample.
public func moments(_ sample: [Double]) -> (mean: Double, variance: Double) {
  let n = Double(sample.count)
  let mean = sample.reduce(0, +) / n
  return (mean, sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1))
}

/// Σ (observed − expected)² / expected.
public func chiSquared(_ observed: [Double], _ expected: [Double]) -> Double {
  zip(observed, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
}
