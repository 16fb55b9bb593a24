import AscentEnvironments
import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

@Suite struct `An environment that breaks its contract` {
  /// Plays until it fails, with random actions of its own.
  private func fault(_ name: String) throws -> EnvironmentError? {
    let environment = try open("\(misbehaving):\(name)")
    let stream = try RandomStream(StreamKey(seed: 1, purpose: .actions))
    do {
      _ = try Episode(environment, key(9, episode: 4), actions: stream, steps: 20)
    } catch let error as EnvironmentError {
      return error
    }
    return nil
  }

  @Test(arguments: [
    ("Raises", 3, "raised ValueError: the pole is gone"),
    ("WrongShapeLater", 3, "should be an array of shape (2) of float32 but is shape (3) of float32"),
    ("NaNObservation", 3, "the observation has nan at index 1"),
    ("InfiniteObservation", 3, "the observation has inf at index 0"),
    ("NaNReward", 3, "the reward has nan"),
    ("InfiniteReward", 1, "the reward has inf"),
    ("TextReward", 1, "the reward should be a number but is str"),
    ("VectorReward", 1, "the weighted sum of mo_gymnasium.wrappers:LinearReward"),
    ("FourValues", 1, "4 values, as in the old gym"),
    ("NoPair", 0, "result of reset() should be a pair (observation, info)"),
    ("OutsideDiscrete", 3, "the observation is 4.0, outside of 1 … 3"),
    ("Exits", 1, "raised SystemExit: 7"),
    ("BadDraw", 1, "ascent.gaussian: a parameter is outside of its domain"),
  ])
  func `is a Swift error that says where and how`(name: String, step: Int, text: String) throws {
    let error = try #require(try fault(name))
    #expect(error.description.contains(text))
    #expect(error.step == step && error.episode == 4 && error.seed == 9 && error.lane == 0)
  }

  @Test func `brings Python's traceback along`() throws {
    let error = try #require(try fault("Raises"))
    guard case .raised(_, _, let traceback) = error.fault else {
      Issue.record("another fault: \(error)")
      return
    }
    #expect(traceback.contains("misbehaving.py") && traceback.contains("in observation"))
  }

  @Test(arguments: [
    "Well", "WrongType", "NoArray", "NumpyScalars", "RecreatesSpaces", "Discontiguous", "Nested", "OwnSeed",
  ])
  func `is not one that merely looks odd`(name: String) throws {
    #expect(try fault(name) == nil)
  }

  @Test func `is not seen half loaded by another thread`() async throws {
    let file = TestPython.projectFolder + "/Tests/Fixtures/slow_to_load.py:Late"
    try await withThrowingTaskGroup(of: Int.self) { threads in
      for lane in 0..<4 {
        threads.addTask { try open(file, lane: lane).observationSpace.flattenedSize }
      }
      for try await size in threads { #expect(size == 1) }
    }
  }

  /// 800 failing steps would leave at least 800 blocks if one reference of each were lost.
  ///
  /// Other tests use the interpreter meanwhile, so the quietest of several rounds counts; a loss would show in all of them.
  @Test func `leaves nothing behind, however often it fails`() throws {
    func blocks() throws -> Double {
      try TestPython.numbers("import gc, sys\ngc.collect()\nresult = sys.getallocatedblocks()")[0]
    }
    for name in ["Raises", "WrongShapeLater", "TextReward", "FourValues", "NaNObservation"] {
      let environment = try open("\(misbehaving):\(name)")
      var o: [Float] = [0, 0]
      func fail(_ times: Int) throws {
        for _ in 0..<times {
          try environment.reset(key(1), into: &o)
          for _ in 0..<5 {
            do { _ = try environment.step(([0] as [Float]).span, into: &o) } catch { break }
          }
        }
      }
      try fail(200)
      var growth: [Double] = []
      while growth.count < 60, (growth.min() ?? .infinity) >= 400 {
        let before = try blocks()
        try fail(800)
        growth.append(try blocks() - before)
      }
      #expect((growth.min() ?? .infinity) < 400, "\(name): \(growth)")
    }
  }
}

@Suite struct `A reference that cannot be opened` {
  @Test(arguments: [
    ("CartPol-v1", PythonError.Kind.unknownEnvironment, "the nearest are CartPole-v1"),
    ("Taxi-v3", .unknownEnvironment, "Taxi"),
    ("nosuchpackage:Thing-v0", .missingPackage, "pip install nosuchpackage"),
    ("/nosuch/file.py:Thing", .badClass, "there is no file /nosuch/file.py"),
    ("FILE:Nothing", .badClass, "has no class or function 'Nothing'; it has Well"),
    ("FILE:NoStep", .badClass, "has no method step()"),
    ("FILE:NoReset", .badClass, "has no method reset()"),
    ("FILE:NoSpace", .badClass, "has no observation_space"),
    ("FILE:TextSpace", .unsupported, "the observation space Text is not supported"),
    ("FILE:GraphSpace", .unsupported, "Graph"),
    ("FILE:SequenceSpace", .unsupported, "Sequence at 'b'"),
    ("FILE:OneOfSpace", .unsupported, "the action space OneOf"),
    ("FILE:VectorRewardSpace", .unsupported, "mo_gymnasium.wrappers:LinearReward"),
    ("pettingzoo.classic:tictactoe-v3", .unsupported, "many agents (PettingZoo)"),
    ("FILE:ManyAgents", .unsupported, "many agents (PettingZoo)"),
    ("FILE:RaisesAtOpening", .raised, "RuntimeError: no license"),
    ("CarRacing-v9", .unknownEnvironment, "CarRacing"),
  ])
  func `is refused with the reason and what to do`(
    reference: String, kind: PythonError.Kind, text: String
  ) throws {
    let path = reference.hasPrefix("FILE:") ? misbehaving + reference.dropFirst(4) : reference
    let error = #expect(throws: PythonError.self) { try open(path) }
    #expect(error?.kind == kind)
    #expect(error?.description.contains(text) ?? false, "\(error?.description ?? "")")
  }

  @Test func `names a registration that does not exist`() throws {
    let error = #expect(throws: PythonError.self) { try open("CartPole-v1", register: ["math:nosuch"]) }
    #expect(error?.message.contains("math has no function 'nosuch'") ?? false)
  }
}
