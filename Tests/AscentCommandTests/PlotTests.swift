import AscentTestSupport
import Foundation
import Testing

@Suite struct `ascent plot and report` {
  /// Two short runs of each of two algorithms.
  private func runs() throws -> Scratch {
    let scratch = try Scratch()
    for algorithm in ["reinforce", "a2c"] {
      for seed in ["1", "2"] {
        let made = try Command.run([
          "train", "native:bandit", "--algorithm", algorithm, "--seed", seed, "--steps", "2000", "--lanes",
          "4",
          "--set", "policy.hidden=8,8", "--quiet", "--out", scratch("runs/\(algorithm)-\(seed)"),
        ])
        #expect(made.code == 0, "\(made.error)")
      }
    }
    return scratch
  }

  private func refused(_ arguments: [String], _ words: String, code: Int32 = 2) throws {
    let command = try Command.run(arguments)
    #expect(command.code == code && command.out.isEmpty)
    #expect(
      command.error.contains(words) && command.error.split(separator: "\n").count == 1, "\(command.error)")
  }

  @Test func `curves are drawn in the terminal, in ASCII where the locale is not UTF-8, and told as JSON`()
    throws
  {
    let scratch = try runs()
    let plain = ["LC_ALL": "C", "TERM": "xterm"]
    let drawn = try Command.run(["plot", "runs"], in: scratch.path, environment: plain)
    #expect(drawn.code == 0 && drawn.error.isEmpty, "\(drawn.error)")
    #expect(drawn.out.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) })
    #expect(drawn.out.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(drawn.out.contains("a a2c  2 runs, last ") && drawn.out.contains("b reinforce  2 runs, last "))
    let wide = try Command.run(["plot", "runs/a2c-1"], in: scratch.path, environment: ["LC_ALL": "C.UTF-8"])
    #expect(wide.out.contains("┤") && !wide.out.contains("\u{1B}"))
    let lines = try Command.run(["plot", "runs", "--json", "--center", "iqm"], in: scratch.path).lines
    #expect(lines.compactMap { $0["event"] as? String } == ["curve", "curve", "plot"])
    #expect(lines[0]["label"] as? String == "a2c" && lines[0]["seeds"] as? [Int] == [1, 2])
    let counts = ["x", "y", "low", "high"].map { (lines[0][$0] as? [Double])?.count }
    #expect(Set(counts).count == 1 && counts[0] ?? 0 > 10)
  }

  @Test func `wrong requests are refused in a sentence, and nothing is written`() throws {
    let scratch = try runs()
    let runs = scratch("runs")
    try refused(["plot", runs, "--y", "entrpy"], "the nearest is 'entropy'")
    try refused(["plot", runs, "--x", "time"], "--x takes steps or seconds, not 'time'")
    try refused(["plot", runs, "--group-by", "algorithm.rats"], "'algorithm.rate'")
    try refused(["plot", runs, "--group-by", ","], "--group-by takes keys")
    try refused(
      ["plot", runs, "--out", scratch("a.jpg")], "ends with .jpg; a picture ends with .png, .svg or .pdf")
    try refused(["plot", runs, "--out", scratch("no/a.svg")], "there is no folder \(scratch("no"))")
    try refused(["plot", scratch("rums")], "the nearest is '\(runs)'")
    try refused(["plot", runs, "--out", scratch("a.svg"), "--python", scratch("none")], "none")
    try refused(["report", runs, "--out", scratch("a.txt")], "should end with .html")
    #expect(try scratch.names() == ["runs"])
  }

  @Test func `a disk without room leaves the page that was there, and no part of another`() throws {
    let scratch = try runs()
    try "the page before".write(toFile: scratch("page.html"), atomically: true, encoding: .utf8)
    let command = try Command.run(
      ["-c", "ulimit -f 8; exec '\(Command.executable)' report runs --out page.html"],
      executable: "/bin/bash",
      in: scratch.path)
    #expect(
      command.code == 6 && command.error.contains("page.html: File too large"),
      "\(command.code) \(command.error)")
    #expect(try scratch.text("page.html") == "the page before" && scratch.names() == ["page.html", "runs"])
  }

  @Test func `a report is written into the folder of its runs`() throws {
    let scratch = try runs()
    #expect(try Command.run(["report", scratch("runs")]).code == 0)
    #expect(try scratch.names("runs") == ["a2c-1", "a2c-2", "reinforce-1", "reinforce-2", "report.html"])
  }

  @Test func `a run is the same with and without pictures, and the line of its report makes it again`() throws
  {
    let scratch = try runs()
    let file = scratch("page.html")
    let made = try Command.run(["report", scratch("runs/reinforce-2"), "--out", file, "--json"])
    #expect(made.code == 0 && made.lines.first?["file"] as? String == file, "\(made.error)")
    let page = try scratch.text("page.html")
    let start = try #require(page.range(of: "<pre tabindex=\"0\">ascent train "))
    let line = try #require(page[start.upperBound...].split(separator: "\n").first)
    let words = line.replacing("&#39;", with: "").split(separator: " ").map(String.init)
    let again = try Command.run(["train"] + words + ["--json", "--quiet", "--out", scratch("again")])
    let fingerprint = try #require(again.lines.last?["fingerprint"] as? String)
    #expect(page.contains("<code>\(fingerprint)</code>"))
  }
}
