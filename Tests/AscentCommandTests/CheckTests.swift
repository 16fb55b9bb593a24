import Testing

@Suite struct `ascent check` {
  @Test func `prints what is known of the tiger`() throws {
    let check = try Command.run(["check", "native:tiger", "--json"])
    #expect(check.code == 0, "\(check.error)")
    let line = try #require(check.lines.last)
    #expect(line["event"] as? String == "bounds" && line["horizon"] as? Int == 20)
    for (key, value) in [("fully_observed", 200), ("qmdp", 189), ("belief", 20.391), ("memoryless", -20)] {
      #expect(abs(try #require(line[key] as? Double) - value) < 1e-3)
    }
    let text = try Command.run([
      "check", "native:tiger", "--discount", "0.95", "--set", "environment.time_limit=50",
    ])
    #expect(text.out.contains("native:tiger, 50 steps, discount 0.95"))
    #expect(text.out.contains("17.760"))
  }

  @Test(arguments: [
    (["native:cartpole"], "nothing is known exactly"), (["CartPole-v1"], "nothing is known exactly"),
    (["native:tiger", "--discount", "2"], "from 0 to 1"), (["native:tigre"], "native:tiger"),
    (["native:linear-gaussian", "--discount", "0.9"], "--discount 1"),
    (["native:tiger", "--emission", "flicker=0.1"], "what the problem itself shows"),
  ])
  func `refuses what it cannot know`(_ arguments: [String], _ words: String) throws {
    let check = try Command.run(["check"] + arguments)
    #expect(check.code == 2)
    #expect(check.error.contains(words), "\(check.error)")
  }
}
