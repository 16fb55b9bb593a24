import AscentExperiments
import Foundation
import Testing

@testable import AscentDesk

/// Axes, drawings with characters, and pages.
@Suite struct DrawingTests {
  @Test func `numbers of axes are short`() {
    let expected: [(Double, String)] = [
      (0, "0"), (1, "1"), (-2.5, "-2.5"), (1000, "1k"), (12_500, "12.5k"), (999_999, "1M"), (1e6, "1M"),
      (0.0001, "1e-4"),
      (500, "500"), (0.02, "0.02"), (3e9, "3G"), (.infinity, "–"), (1e80, "1e80"), (1234.6, "1.235k"),
      (-0.00001, "-1e-5"),
    ]
    for (number, text) in expected { #expect(AxisNumber.text(number) == text) }
  }

  @Test func `marks are round, inside of the range, and not too many`() {
    #expect(AxisMarks(0...500, count: 6).values == [0, 100, 200, 300, 400, 500])
    #expect(AxisMarks(-20...520, count: 6).values == [0, 100, 200, 300, 400, 500])
    for range in [0.0...1, -3...7e9, 1e-9...2e-9, 5...5.000001, -1e99...1e99, 3...3] {
      for count in 2...9 {
        let marks = AxisMarks(range, count: count).values
        #expect((1...count + 1).contains(marks.count), "\(range) \(count) \(marks)")
      }
    }
    let flat = AxisMarks.range(of: [7, 7])
    #expect(flat.lowerBound < 7 && flat.upperBound > 7)
  }

  private func curves() throws -> (RunFixture, [LearningCurve]) {
    let fixture = try RunFixture()
    for (name, rate, slope) in [("a", "0.001", 1.0), ("b", "0.01", -1.0)] {
      for seed in 1...3 {
        try fixture.run(
          "\(name)\(seed)", seed: UInt64(seed), set: [("algorithm.rate", rate)],
          metrics: RunFixture.metrics((1...50).map { ($0 * 1000, slope * Double($0) * Double(seed)) }))
      }
    }
    return (
      fixture, try LearningCurve.of(RunGroup.groups(of: fixture.runs(), by: nil).groups, .init()).curves
    )
  }

  @Test(arguments: [20, 40, 80, 100]) func `a drawing is as wide as the terminal`(columns: Int) throws {
    let (_, curves) = try curves()
    for (isUnicode, isColored) in [(true, true), (true, false), (false, false)] {
      let plot = CharacterPlot(
        curves, .init(columns: columns, isUnicode: isUnicode, isColored: isColored), height: 12)
      let lines = (plot.lines + plot.legend).map { $0.map(\.text).joined() }
      #expect(lines.count == 12 + 2 + 2)
      #expect(lines.map(\.count).max() == columns || columns == 100 || columns == 20)
      #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
      #expect(isUnicode || lines.allSatisfy { $0.utf8.allSatisfy { $0 < 127 } })
      // Without colors, letters tell the curves apart.
      #expect(isColored == !lines.dropLast(4).joined().contains("b"))
      let colors = Set(plot.lines.flatMap { $0.compactMap(\.curve) })
      #expect(colors == (isColored ? [0, 1] : []))
    }
  }

  @Test func `a rising curve rises`() throws {
    let fixture = try RunFixture()
    try fixture.run("a", metrics: RunFixture.metrics((0...80).map { ($0 * 10, Double($0)) }))
    let curves = try LearningCurve.of(RunGroup.groups(of: fixture.runs(), by: nil).groups, .init()).curves
    let plot = CharacterPlot(curves, .init(columns: 60, isUnicode: false, isColored: false), height: 10)
    let lines = plot.lines.map { $0.map(\.text).joined() }
    let first = lines.prefix(10).compactMap { line in
      line.firstIndex(of: "*").map { line.distance(from: line.startIndex, to: $0) }
    }
    #expect(first.count == 10 && first == first.sorted(by: >))
  }

  @Test func `what a run says is text on a page, and the page is the same each time`() throws {
    let fixture = try RunFixture()
    let evil = "native:<script>alert(1)</script>&\"'\u{202E}"
    try fixture.run(
      "<b>run", evil, records: [("fingerprint", "<i>f")], metrics: RunFixture.metrics([(100, 1), (200, 2)]))
    try fixture.run("other", evil, seed: 2, metrics: RunFixture.metrics([(100, 3), (200, 5)]))
    let page = try Report(fixture.path, .standard).page
    for tag in ["<script", "<b>run", "<i>f", "\u{202E}"] { #expect(!page.contains(tag)) }
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"))
    #expect(!page.contains("http://") && !page.contains("https://"))
    #expect(try Report(fixture.path, .standard).page == page)
    for name in ["curves", "returns", "again", "runs"] { #expect(page.contains("<h2 id=\"\(name)\">")) }
  }

  @Test func `small videos are a part of the page, large ones are named`() throws {
    let fixture = try RunFixture()
    let run = try fixture.run("a", metrics: RunFixture.metrics([(100, 1), (200, 2)]))
    let (mp4, gif) = (Data([0, 0, 0, 24]) + Data("ftypisom".utf8), Data("GIF89a".utf8))
    let write = { (bytes: Data, name: String) in try bytes.write(to: URL(fileURLWithPath: run + "/" + name)) }
    try write(mp4 + Data(repeating: 7, count: 3000), "episode.mp4")
    try write(mp4 + Data(repeating: 7, count: 6_000_000), "long.mp4")
    try write(gif + Data(repeating: 7, count: 300), "other.gif")
    // What is no video, and what a link names, stays where it is.
    try write(Data("a secret".utf8), "text.mp4")
    try write(gif + Data("a secret".utf8), "secret")
    try FileManager.default.createSymbolicLink(
      atPath: run + "/link.gif", withDestinationPath: run + "/secret")
    let page = try Report(run, .standard).page
    #expect(
      page.contains("data:video/mp4;base64,AAAAGGZ0eXBpc29t")
        && page.contains("data:image/gif;base64,R0lGODlh"))
    #expect(!page.contains("text.mp4") && !page.contains("link.gif"))
    #expect(page.contains("long.mp4 is not part of this page") && page.utf8.count < 100_000)
  }

  @Test func `evaluations are a curve of their own`() throws {
    let fixture = try RunFixture()
    let run = try fixture.run("a", metrics: RunFixture.metrics([(100, 1), (200, 2)]))
    #expect(try !Report(run, .standard).page.contains("id=\"evaluations\""))
    try "steps,mean_return,standard_error\n100,4,1\n200,9,1\n".write(
      toFile: run + "/evaluations.csv", atomically: true, encoding: .utf8)
    #expect(try Report(run, .standard).page.contains("id=\"evaluations\""))
    try fixture.run("b", seed: 2, metrics: RunFixture.metrics([(100, 1), (200, 2)]))
    let groups = try RunGroup.groups(of: fixture.runs(), by: nil).groups
    let made = try LearningCurve.of(groups, .init(named: "evaluation.mean_return"))
    #expect(
      made.curves[0].center == [4, 9] && made.notices.contains { $0.contains("/b has no evaluations.csv") })
  }

  @Test func `a line that makes a run again has what differs from the defaults`() throws {
    var configuration = Configuration(environment: "native:cartpole")
    configuration.seed = 7
    #expect(TrainLine.of(configuration) == "ascent train native:cartpole --seed 7 --steps 100000 --lanes 8")
    try configuration.set("algorithm.name", typed: "a2c")
    try configuration.set("policy.hidden", typed: "32,32")
    let line = try #require(TrainLine.of(configuration))
    #expect(
      line.hasPrefix("ascent train native:cartpole --algorithm a2c ")
        && line.hasSuffix("--set policy.hidden=32,32"))
    #expect(ShellWords.line(["a b'c", ""]) == "'a b'\\''c' ''")
    var preset = Configuration(environment: "CartPole-v1")
    #expect(TrainLine.of(preset)?.contains("--preset none") == true)
    try preset.apply(preset: nil)
    #expect(
      TrainLine.of(preset)
        == "ascent train CartPole-v1 --seed 1 --steps \(preset.steps) --lanes \(preset.lanes)")
  }
}
