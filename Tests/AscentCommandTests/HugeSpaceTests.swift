import AscentTestSupport
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/huge.py:"

@Suite struct `A space that is too large` {
  static let names = [
    "Choices", "MostChoices", "ManyChoices", "ManyVectors", "WideVectors", "Bits", "OverflowingBits", "Zero",
    "Numbers", "Parts", "Deep", "Deeper",
  ]

  @Test(arguments: names, ["", "Actions"])
  func `is refused in a sentence`(name: String, kind: String) throws {
    let scratch = try Scratch()
    let command = try Command.run([
      "train", fixtures + name + kind, "--steps", "16", "--lanes", "1", "--quiet", "--out", scratch("run"),
    ])
    #expect(command.code == 2, "\(command.code): \(command.error.suffix(300))")
    #expect(command.error.hasPrefix("ascent: the "), "\(command.error.prefix(300))")
    #expect(command.error.utf8.count < 800 && !command.error.contains("Traceback"))
    #expect(try scratch.names().isEmpty)
  }

  @Test func `is not checked in more memory than there may be`() throws {
    let large = try Command.run(["check", fixtures + "Wide"])
    #expect(large.code == 2 && large.error.contains("give --steps 67 or less"), "\(large.error)")
  }
}
