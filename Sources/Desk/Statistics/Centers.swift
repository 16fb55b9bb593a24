import AscentMathematics

/// The mean of numbers.
///
/// - Parameter values: at least one number.
/// - Returns: the mean.
package func mean(_ values: [Double]) -> Double {
  Require.number(values.count, of: "number of values", from: 1)
  return values.reduce(0, +) / Double(values.count)
}

/// The interquartile mean: the mean without the lowest and the highest quarter (Agarwal et al., 2021).
///
/// A quarter of n numbers is ⌊n/4⌋ of them, as in SciPy's `trim_mean`, so fewer than four numbers keep all.
///
/// - Parameter values: at least one number.
/// - Returns: the mean of the middle.
public func interquartileMean(_ values: [Double]) -> Double {
  let quarter = values.count / 4
  return mean(Array(values.sorted()[quarter..<(values.count - quarter)]))
}
