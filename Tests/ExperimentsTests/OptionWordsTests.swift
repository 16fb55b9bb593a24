import Foundation
import Testing

@testable import AscentExperiments

@Suite struct OptionWordsTests {
  @Test func `errors name parameters in a program`() {
    let error = ExperimentError.usage(
      "runs/a--out/b has a run; choose another --out, or continue it with --resume")
    #expect(
      "\(error)" == "runs/a--out/b has a run; choose another folder, or continue it with beginning = .resumed"
    )
    #expect(error.localizedDescription == "\(error)")
    #expect("\(ExperimentError.usage("a -- b, --nothing-known"))" == "a -- b, --nothing-known")
    #expect("\(ExperimentError.usage("no native:x (see ascent environments)"))" == "no native:x")
    let command = "use ascent export RUN --out FILE"
    #expect("\(ExperimentError.usage(command))" == command)
  }

  /// An option that a sentence of the library names has a parameter in the table.
  @Test func `every option that the library names has a parameter`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    // These sentences tell of commands, or are written for the processes of `ascent` itself.
    let commands: Set = ["--supervised-by", "--format", "--deterministic", "--video"]
    let known = Set(OptionWords.parameters.map(\.option)).union(commands)
    for room in [
      "Experiments", "Exports", "Hosting", "PythonEnvironments", "PolicyGradients", "Environments",
    ] {
      let files = try #require(
        FileManager.default.enumerator(
          at: root.appendingPathComponent("Sources/\(room)"), includingPropertiesForKeys: nil))
      for case let file as URL in files where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        for line in text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
          for option in line.matches(of: /[" (](--[a-z][a-z-]+)/) {
            #expect(known.contains(String(option.1)), "\(file.lastPathComponent): \(line)")
          }
        }
      }
    }
  }
}
