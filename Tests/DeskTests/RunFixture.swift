import AscentExperiments
import Foundation

@testable import AscentDesk

/// A folder with runs that tests write, which is removed at the end.
final class RunFixture {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/ascent-desk-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a run with some columns of metrics.csv, and returns its folder.
  @discardableResult func run(
    _ name: String, _ environment: String = "native:cartpole", seed: UInt64 = 1,
    set settings: [(String, String)] = [], records: [(String, String)] = [],
    madeWith: [(String, String)] = [], metrics: String
  ) throws -> String {
    var configuration = Configuration(environment: environment)
    configuration.seed = seed
    for (key, value) in settings { try configuration.set(key, typed: value) }
    let folder = "\(path)/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try configuration.toml(records: [("made_with", madeWith), ("result", records)]).write(
      toFile: folder + "/run.toml", atomically: true, encoding: .utf8)
    try metrics.write(toFile: folder + "/metrics.csv", atomically: true, encoding: .utf8)
    return folder
  }

  /// metrics.csv with rows of steps, episodes, mean return and seconds.
  static func metrics(_ rows: [(steps: Int, mean: Double)], seconds: Double = 1) -> String {
    "steps,episodes,mean_return,seconds\n"
      + rows.enumerated().map { "\($1.steps),10,\($1.mean),\(Double($0 + 1) * seconds)\n" }.joined()
  }

  /// The runs in the folder.
  func runs() throws -> [RunCurve] { try RunSearch([path], .standard).runs }
}
