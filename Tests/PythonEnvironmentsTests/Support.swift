import AscentEnvironments
import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport

/// The environments that break their contract.
let misbehaving = TestPython.projectFolder + "/Tests/Fixtures/misbehaving.py"

/// The environments that check their actions strictly, or whose values differ from their spaces in type.
let exact = TestPython.projectFolder + "/Tests/Fixtures/exact.py"

func open(
  _ reference: String, lane: Int = 0, randomness: EnvironmentRandomness = .streams(.philox),
  register: [String] = []
) throws -> PythonEnvironment {
  try PythonEnvironment(
    PythonOpening(reference, register: register), lane: lane, randomness: randomness,
    interpreter: TestPython.interpreter())
}

func key(_ seed: UInt64, lane: UInt32 = 0, episode: UInt32 = 0) -> StreamKey {
  StreamKey(seed: seed, purpose: .environment, lane: lane, episode: episode)
}

/// One episode of random actions: what the environment gave, step by step.
struct Episode: Equatable {
  var observations: [[Float]] = []
  var actions: [[Float]] = []
  var rewards: [Double] = []
  var end: Step.End?

  init(
    _ environment: PythonEnvironment, _ key: StreamKey, actions stream: RandomStream, steps: Int
  ) throws {
    var o = Array(repeating: Float(0), count: environment.observationSize)
    var a = Array(repeating: Float(0), count: environment.actionSpace.valueCount)
    try environment.reset(key, into: &o)
    observations.append(o)
    let limit = min(steps, environment.timeLimit ?? steps)
    for t in 1...limit {
      _ = environment.actionSpace.sample(from: stream, into: &a)
      let step = try environment.step(a.span, into: &o)
      observations.append(o)
      actions.append(a)
      rewards.append(step.reward)
      end = step.end ?? (t == environment.timeLimit ? .truncated : nil)
      if end != nil { return }
    }
  }
}
