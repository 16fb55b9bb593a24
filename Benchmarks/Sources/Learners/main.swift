// Times PPO's update per sample and epoch. Prints one JSON line per network: flops and nanoseconds.
//
// Two learners make the same rollouts; one makes a single pass over them, the other more. Their difference in time is
// that of the update alone: gathering, the loss, the adjoints, the optimizer.
import Ascent

/// An environment that shows images of random bytes and whose episodes never end.
final class Images: Environment {
  let observationSpace: Space
  let actionSpace = Space.discrete(4)
  private let stream: RandomStream

  init(_ side: Int, channels: Int, lane: Int) throws {
    let size = side * side * channels
    observationSpace = Space(
      .box(
        shape: [side, side, channels], low: Array(repeating: 0, count: size),
        high: Array(repeating: 255, count: size), element: .uint8))
    stream = try RandomStream(StreamKey(seed: 1, purpose: .environment, lane: UInt32(lane)))
  }

  private func show(_ observation: inout MutableSpan<Float>) {
    for k in observation.indices { observation[k] = Float(stream.nextUInt32() >> 24) }
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) { show(&observation) }

  func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
    show(&observation)
    return Step(reward: 1)
  }
}

/// A network, and the rollouts and passes with which it is timed.
struct Workload {
  var name: String
  var architecture: Architecture
  var image: (side: Int, channels: Int)?
  var stepsPerLane: Int
  var epochs: Int
  var minibatch = 256
}

func convolutional(_ side: Int, _ channels: Int, _ layers: [(Int, Int, Int)], _ hidden: Int) -> Architecture {
  Architecture(
    hidden: [hidden], activation: .relu, critic: .shared,
    inputs: [
      Network.Input(.image(Network.Image(height: side, width: side, channels: channels)), scale: 1 / 255)
    ],
    convolutions: layers.map { Network.Convolution(filters: $0.0, side: $0.1, stride: $0.2) })
}

let workloads = [
  Workload(
    name: "64×64 twice", architecture: Architecture(critic: .separate), stepsPerLane: 256, epochs: 20),
  Workload(
    name: "256×256 twice", architecture: Architecture(hidden: [256, 256], critic: .separate),
    stepsPerLane: 256, epochs: 10),
  Workload(
    name: "256×256 twice, relu, minibatches of 64",
    architecture: Architecture(hidden: [256, 256], activation: .relu, critic: .separate),
    stepsPerLane: 256, epochs: 10, minibatch: 64),
  Workload(
    name: "400×300 twice, relu",
    architecture: Architecture(hidden: [400, 300], activation: .relu, critic: .separate), stepsPerLane: 128,
    epochs: 10),
  Workload(
    name: "400×300 twice, minibatches of 64",
    architecture: Architecture(hidden: [400, 300], critic: .separate), stepsPerLane: 128, epochs: 10,
    minibatch: 64),
  Workload(
    name: "10×10×4 images, 16 of 3×3, 128", architecture: convolutional(10, 4, [(16, 3, 1)], 128),
    image: (10, 4), stepsPerLane: 64, epochs: 4),
  Workload(
    name: "84×84×4 images, 32 of 8×8, 64 of 4×4, 64 of 3×3, 512",
    architecture: convolutional(84, 4, [(32, 8, 4), (64, 4, 2), (64, 3, 1)], 512), image: (84, 4),
    stepsPerLane: 16, epochs: 2),
]

/// Seconds of the fastest of several iterations: disturbances can only slow one down.
func secondsPerIteration(_ workload: Workload, epochs: Int) throws -> Double {
  let environments: [any Environment] = try (0..<8).map { lane in
    guard let image = workload.image else { return TimeLimit(try CartPole(), limit: CartPole.timeLimit) }
    return try Images(image.side, channels: image.channels, lane: lane)
  }
  let lanes = try Lanes(environments, seed: 1)
  let policy = try PolicyBuilder.policy(
    observing: lanes.observationSpace, acting: lanes.actionSpace, architecture: workload.architecture)
  var settings = AlgorithmSettings.ppo
  (settings.minibatches.epochs, settings.minibatches.size) = (epochs, workload.minibatch)
  (settings.optimization.rate, settings.stepsPerLane) = (1e-12, workload.stepsPerLane)
  var learner = try Learner(settings, policy: policy, lanes: lanes)
  let clock = ContinuousClock()
  var best = Double.infinity
  for _ in 0..<12 {
    let start = clock.now
    _ = try learner.iterate(budget: 1_000_000)
    best = min(best, (clock.now - start).seconds)
  }
  return best
}

/// Multiplications and additions per sample and epoch: forward, and twice as many backward, without ∂/∂ input.
func flops(_ workload: Workload) throws -> Double {
  let size = workload.image.map { $0.side * $0.side * $0.channels } ?? 4
  let policy = try Policy(
    featureSize: size, factors: [.categorical(workload.image == nil ? 2 : 4)],
    architecture: workload.architecture)
  return Double(policy.multiplicationsPerUpdate) * 2
}

for workload in workloads {
  let (once, often) = (
    try secondsPerIteration(workload, epochs: 1),
    try secondsPerIteration(workload, epochs: 1 + workload.epochs)
  )
  let samples = Double(8 * workload.stepsPerLane * workload.epochs)
  let line = JSON.object([
    ("network", .text(workload.name)), ("flops", .number(try flops(workload))),
    ("nanoseconds", .number(1e9 * (often - once) / samples)),
  ])
  print(line.line)
}
