// The code of the articles of the documentation, each in a file of its own. They run here, so that none is out of date.
import Ascent
import Foundation

let folder = FileManager.default.temporaryDirectory.appending(path: "ascent-articles-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }

try compareSeeds()
try measureEstimators()
try trainWithMemory(steps: 20_000)
try trainSeeds(1...3, below: folder.path())
try trainInCorridor(below: folder.path())
try runAndEvaluate(below: folder.path())
try act(with: folder.appending(path: "run").path())
try keepLearner(below: folder.path())
try await followRun(below: folder.path())
