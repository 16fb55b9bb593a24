internal import AscentEnvironments
internal import AscentPolicyGradients

/// The memory that a run's rollouts take, compared with what the machine has left before the first step.
struct RolloutMemory: Equatable {
  /// The number of lanes, and the steps of each in a rollout.
  let lanes, steps: Int
  /// The bytes of one step: its observation, its action, and three numbers.
  let bytesPerStep: Int
  /// The number of processes on this machine, each of which has the whole rollout.
  let processes: Int

  init(lanes: Int, steps: Int, bytesPerStep: Int, processes: Int = 1) {
    (self.lanes, self.steps, self.bytesPerStep) = (lanes, steps, bytesPerStep)
    self.processes = processes
  }

  /// Estimates the rollouts of a run; whole episodes may make them longer.
  init(of configuration: Configuration, in lanes: Lanes, processes: Int) {
    // What comes from other processes does so in the order of minibatches, and shares fewer frames.
    let frames = processes > 1 ? 1 : configuration.frameStack
    let longest = (configuration.steps + lanes.count - 1) / lanes.count
    self.init(
      lanes: lanes.count, steps: min(configuration.algorithm.stepsPerLane, longest),
      bytesPerStep: Rollout.observationBytes(in: lanes, stacking: frames)
        + lanes.actionSize * 4 + 24,
      processes: processes)
  }

  /// The bytes of a rollout in all processes.
  var bytes: Int { lanes * steps * bytesPerStep * processes }

  /// Refuses a rollout that is larger than the memory that is left.
  ///
  /// - Parameter available: the bytes that are left; nil where the system does not say.
  /// - Throws: ``ExperimentError/usage(_:)`` with what would fit.
  func check(available: Int?) throws(ExperimentError) {
    guard let available, bytes > available else { return }
    let most = available / 10 * 9 / (lanes * bytesPerStep * processes)
    let advice =
      most > 0 ? "rollout.steps=\(most) would fit" : "fewer lanes, or smaller observations, would fit"
    let place = processes > 1 ? " in \(processes) processes" : ""
    throw .usage(
      "a rollout of \(steps) steps in each of \(lanes) lanes takes \(Self.gigabytes(bytes))\(place), and the machine "
        + "has \(Self.gigabytes(available)) left; \(advice)")
  }

  private static func gigabytes(_ bytes: Int) -> String {
    let tenths = (bytes + 50_000_000) / 100_000_000
    return "\(tenths / 10).\(tenths % 10) GB"
  }

  /// The bytes of memory that Linux says are available to a new program; nil elsewhere.
  static var available: Int? {
    guard let bytes = try? AtomicFile.read("/proc/meminfo") else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}
