import Ascent

/// Trains one configuration with several seeds, and prints the mean of the last returns with its standard error.
func trainSeeds(_ seeds: ClosedRange<UInt64>, below folder: String) throws {
  var returns: [Double] = []
  for seed in seeds {
    var configuration = Configuration(environment: "native:two-state")
    try configuration.set("algorithm.name", typed: "reinforce")
    try configuration.set("run.seed", typed: "\(seed)")
    try configuration.set("run.steps", typed: "20000")
    var training = try Training(
      configuration, folder: RunFolder("\(folder)/seed-\(seed)"), host: Host())
    returns.append(try training.run().meanReturn)
  }
  let count = Double(returns.count)
  let mean = returns.reduce(0, +) / count
  let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  print("\(returns.count) seeds: mean return \(mean) ± \((variance / count).squareRoot())")
}
