// A program with an environment of its own: trained by workers, interrupted, resumed, evaluated, and carried away as an agent.
import AscentCore

/// A valve whose position is hidden: the level of a tank is observed, not its speed.
final class Tank: Environment {
  let observationSpace: Space = .box(low: [-3], high: [3])
  let actionSpace: Space = .box(low: [-1], high: [1])
  private let stream: RandomStream
  private var (level, flow, steps) = (0.0, 0.0, 0)

  init() throws { stream = try RandomStream(StreamKey(seed: 0, purpose: .environment)) }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    stream.restart(at: key)
    (level, flow, steps) = (stream.uniform(from: -1, to: 1), 0, 0)
    observation[0] = Float(level)
  }

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    flow += 0.2 * Double(action[0]) + 0.02 * stream.standardNormal()
    level = min(3, max(-3, level + 0.2 * flow))
    steps += 1
    observation[0] = Float(level)
    return Step(reward: -level * level, end: steps == 50 ? .truncated : nil)
  }
}

// A worker of this program makes its share of the run, and never comes back from here.
var catalog = Catalog.standard
try catalog.add("tank") { _ in try Tank() }
WorkerProcess.takePartIfStarted(host: Host(catalog: catalog))

let runs = CommandLine.arguments[1]
var settings = Configuration(environment: "tank")
(settings.steps, settings.seed, settings.lanes) = (24_000, 3, 8)
try settings.set("policy.memory", typed: "gru")
try settings.set("policy.memory_size", typed: "16")
try settings.set("rollout.steps", typed: "128")

func train(_ name: String, _ beginning: Training.Beginning = .new, workers: Int = 1, stopAfter: Int? = nil)
  throws -> String
{
  var training = try Training(
    settings, folder: RunFolder("\(runs)/\(name)"), beginning: beginning, workforce: .ofThisProgram(workers)
  ) { _ in try Tank() }
  var steps = 0
  let outcome = try training.run(
    onIteration: { steps = $1 }, isInterrupted: { stopAfter.map { steps >= $0 } ?? false })
  precondition(outcome.isInterrupted == (stopAfter != nil))
  return outcome.bits
}

let bits = try train("whole")
_ = try train("parts", stopAfter: 8_000)
let resumed = try train("parts", .resumed(acceptingChanges: false))
precondition(resumed == bits, "resumed: \(resumed), whole: \(bits)")
let shared = try train("shared", workers: 2)
precondition(shared == bits, "two processes: \(shared), one: \(bits)")

// An evaluation, and the same episodes by an agent that has only the policy's two files.
let folder = RunFolder("\(runs)/whole")
let evaluation = try Evaluation(of: folder, episodes: 10) { _ in try Tank() }
let agent = try Agent(contentsOf: folder)
let tank = try Tank()
var total = 0.0
for episode in 0..<10 {
  agent.begin()
  var observation = [Float](repeating: 0, count: 1)
  let key = StreamKey(seed: 1, purpose: .evaluationEnvironment, lane: 0, episode: UInt32(episode))
  try tank.reset(key, into: &observation)
  while true {
    let step = try tank.step(agent.act(observation).span, into: &observation)
    total += step.reward
    if step.end != nil { break }
  }
}
precondition(
  total / 10 == evaluation.meanReturn, "agent: \(total / 10), evaluation: \(evaluation.meanReturn)")

// A learner by itself: saved in the middle, and continued to the same bits.
func learner() throws -> (Algorithm, Policy, Lanes) {
  let lanes = try Lanes((0..<4).map { _ in try Tank() }, seed: 5)
  let policy = try PolicyBuilder.policy(
    observing: lanes.observationSpace, acting: lanes.actionSpace,
    architecture: Architecture(hidden: [16], critic: .separate))
  return (try AlgorithmSettings.ppo.algorithm(), policy, lanes)
}
let (algorithm, policy, lanes) = try learner()
var first = try Learner(algorithm, policy: policy, lanes: lanes)
_ = try first.iterate(budget: 4_096)
try first.checkpoint(to: "\(runs)/learner.checkpoint")
_ = try first.iterate(budget: 4_096)
let (again, same, fresh) = try learner()
var second = try Learner(resuming: "\(runs)/learner.checkpoint", again, policy: same, lanes: fresh)
_ = try second.iterate(budget: 4_096)
precondition(first.parameters.values == second.parameters.values, "a resumed learner has other bits")
try SavedPolicy(second, environment: "tank").save(to: RunFolder("\(runs)/saved"))
precondition(
  try SavedPolicy(contentsOf: RunFolder("\(runs)/saved")).parameters.values == second.parameters.values)

// Cancellation by a task: the checkpoint that it leaves is where the run goes on.
let reader = Task {
  var count = 0
  let (settings, folder) = (settings, RunFolder("\(runs)/cancelled"))
  for try await event in Training.events(of: { () throws(ExperimentError) in
    try Training(settings, folder: folder) { _ in try Tank() }
  }) {
    if case .iteration = event { count += 1 }
    if count == 3 { break }
  }
  return count
}
precondition(try await reader.value == 3)
while true {
  do {
    precondition(
      try train("cancelled", .resumed(acceptingChanges: false)) == bits, "cancelled and resumed: other bits")
    break
  } catch ExperimentError.usage(let text) where text.contains("is making the run") {
    try await Task.sleep(for: .milliseconds(50))
  }
}
print(
  "bits \(bits)\nresumed, by two processes, cancelled: equal\nmean return of evaluation and agent \(evaluation.meanReturn)"
)
