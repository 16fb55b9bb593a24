import AscentExperiments
import Foundation
import Testing

@testable import AscentDesk

/// Reading the files of runs, and putting their curves on one grid.
@Suite struct CurveTests {
  private func table(_ text: String) -> RunTable { RunTable(Array(text.utf8), path: "metrics.csv") }

  @Test func `a line that is still being written is no row`() {
    let found = table("steps,mean_return\n10,1.5\n20,2.5\n30,")
    #expect(found.count == 2 && found.damagedLines == 0)
    #expect(found.numbers(of: "mean_return") == [1.5, 2.5])
    #expect(found.numbers(of: "steps") == [10, 20] && found.numbers(of: "entropy") == nil)
  }

  @Test func `lines with other cells are counted, empty and odd cells are no numbers`() throws {
    let found = table("steps,mean_return\r\n10,\r\n20,1e400\nxx\n30,nan\n\n40,7\n1,2,3\n")
    #expect(found.count == 4 && found.damagedLines == 2)
    let numbers = try #require(found.numbers(of: "mean_return"))
    #expect(numbers[0].isNaN && numbers[1...2].allSatisfy(\.isInfinite) && numbers[3] == 7)
    #expect(table("").columns.isEmpty && table("steps,mean_return").columns.isEmpty)
    #expect(table("\u{0}\u{1}\n\u{0}\n").numbers(of: "steps") == nil)
  }

  @Test func `points keep what rises and is finite`() {
    let points = CurvePoints(x: [1, 2, 2, .nan, 5, 4, 6], y: [1, 2, 3, 4, .nan, 6, 7])
    #expect(points.x == [1, 2, 4, 6] && points.y == [1, 2, 6, 7] && points.unreadable == 0)
    let odd = CurvePoints(x: [1, 2, .infinity, 4, -1], y: [.nan, .infinity, 3, 4, 5])
    #expect(odd.x == [4] && odd.unreadable == 3)
  }

  @Test func `a resumed run goes on with its seconds`() {
    #expect(CurveAxis.seconds.continued([1, 2, 3, 0.5, 1.5]) == [1, 2, 3, 3.5, 4.5])
    #expect(CurveAxis.steps.continued([3, 1]) == [3, 1])
  }

  @Test func `equal positions are the grid, others are means and interpolations without extrapolation`()
    throws
  {
    let a = CurvePoints(x: [1, 2, 3], y: [1, 2, 3])
    let same = try #require(CommonGrid.values(of: [a, CurvePoints(x: [1, 2, 3], y: [5, 5, 5])]))
    #expect(same.x == [1, 2, 3] && same.runs == [[1, 2, 3], [5, 5, 5]])
    let b = CurvePoints(x: [2, 4], y: [10, 20])
    let shared = try #require(CommonGrid.values(of: [CurvePoints(x: [0, 3, 6], y: [0, 3, 6]), b]))
    #expect(shared.x.first == 2 && shared.x.last == 4)
    #expect(shared.runs[1].first == 10 && shared.runs[1].last == 20)
    // Between its rows at 0 and 3, and at 3 and 6.
    #expect(abs(shared.runs[0][0] - 2) <= 1 && shared.runs[0].allSatisfy { (2...4).contains($0) })
    #expect(CommonGrid.values(of: [a, CurvePoints(x: [7, 8], y: [0, 0])]) == nil)
    let one = try #require(CommonGrid.values(of: [a, CurvePoints(x: [3, 9], y: [4, 0])]))
    #expect(one.x == [3] && one.runs == [[3], [4]])
  }

  @Test func `many rows become 200 positions, whose numbers are means of rows`() throws {
    let x = (1...10_000).map(Double.init)
    // Every second row is 0: a mean over 50 rows is one half.
    let alternating = CurvePoints(x: x, y: x.map { $0.truncatingRemainder(dividingBy: 2) })
    let grid = try #require(CommonGrid.values(of: [alternating, CurvePoints(x: x, y: x)]))
    #expect(grid.x.count == 200 && grid.x.first == 1 && grid.x.last == 10_000)
    #expect(grid.runs[0].allSatisfy { abs($0 - 0.5) < 0.03 })
    for k in 1..<199 { #expect(abs(grid.runs[1][k] - grid.x[k]) < 1) }
  }

  @Test func `the band is that of the bootstrap over whole runs, and one run has none`() throws {
    let fixture = try RunFixture()
    for (seed, level) in [(1, 0.0), (2, 10.0), (3, 20.0)] {
      try fixture.run(
        "seed-\(seed)", seed: UInt64(seed),
        metrics: RunFixture.metrics([(100, level), (200, level + 1)]))
    }
    let groups = try RunGroup.groups(of: fixture.runs(), by: nil).groups
    let curve = try #require(try LearningCurve.of(groups, .init()).curves.first)
    #expect(groups.count == 1 && curve.x == [100, 200] && curve.center == [10, 11])
    let band = try #require(curve.band)
    // Runs that differ by a constant have bands that do, too: whole runs are resampled.
    #expect(band.low[1] == band.low[0] + 1 && band.high[1] == band.high[0] + 1)
    let interval = try Bootstrap(resamples: 1000).interval(of: [0, 10, 20], mean)
    #expect(band.low[0] == interval.lowerBound && band.high[0] == interval.upperBound)
    let single = try RunGroup.groups(of: fixture.runs(), by: ["run"]).groups
    #expect(try LearningCurve.of(single, .init()).curves.allSatisfy { $0.band == nil })
  }

  @Test func `the shortest run ends the curve, and runs without a number are left out, which is said`() throws
  {
    let fixture = try RunFixture()
    try fixture.run("a", seed: 1, metrics: RunFixture.metrics([(100, 1), (200, 2), (300, 3)]))
    try fixture.run("b", seed: 2, metrics: RunFixture.metrics([(100, 1), (200, 2)]))
    try fixture.run("c", seed: 3, metrics: "steps,episodes,mean_return,seconds\n100,0,,1\n")
    let odd = "steps,episodes,mean_return,seconds\n100,1,2,1\n150,1,nan,1\n200,1,3,1\n"
    try fixture.run("d", seed: 4, metrics: odd)
    let made = try LearningCurve.of(RunGroup.groups(of: fixture.runs(), by: nil).groups, .init())
    #expect(made.curves[0].x.last == 200 && made.curves[0].group.runs.count == 3)
    #expect(
      made.notices.contains { $0.contains("d/metrics.csv: 1 cells of mean_return or steps are no numbers") })
    #expect(made.notices.contains { $0.contains("/c has no number") })
    #expect(
      made.notices.contains { $0.contains("ends at 200 environment steps") && $0.contains("goes to 300") })
  }

  @Test func `a final return is that of the last episodes, by whole iterations`() throws {
    let fixture = try RunFixture()
    let rows = "steps,episodes,mean_return,seconds\n1,500,-7,1\n2,40,1,1\n3,0,,1\n4,60,2,1\n5,50,4,1\n"
    try fixture.run("a", metrics: rows)
    let final = try #require(try FinalReturn(of: fixture.runs()[0]))
    #expect(final.episodes == 110 && abs(final.mean - (60 * 2 + 50 * 4) / 110) < 1e-12)
  }
}
