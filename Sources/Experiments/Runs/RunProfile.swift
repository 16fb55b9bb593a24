internal import AscentPolicyGradients

/// The time of a training run by phase, in seconds of this process; the phases add up to the whole run.
public struct RunProfile: Sendable {
  /// One row of the table.
  public struct Row: Sendable {
    /// The name of the phase in the table and in JSON.
    public let name: String
    /// The activities of the phase.
    public let meaning: String
    /// The time spent in the phase.
    public let seconds: Double
  }

  /// The phases of a step, then those of an iteration, in order of time.
  public let rows: [Row]
  /// What this process exchanged with the others of the run; nil if it made the run alone.
  public let traffic: Traffic?

  /// Reads a profile; `callSeconds` is the time inside of hosted `reset` and `step`, nil for native environments.
  init(_ profile: Profile, callSeconds: Double?, _ traffic: Traffic?) {
    self.traffic = traffic
    profile.enter(.logging)
    let stepping = profile[.stepping].seconds
    var environment = [
      Row(name: "environment", meaning: "resets and steps", seconds: stepping)
    ]
    if let callSeconds {
      environment = [
        Row(name: "environment", meaning: "inside of Python's reset and step", seconds: callSeconds),
        Row(name: "bridge", meaning: "calls to Python, and wrappers", seconds: stepping - callSeconds),
      ]
    }
    func row(_ phase: Profile.Phase, _ name: String, _ meaning: String) -> Row {
      Row(name: name, meaning: meaning, seconds: profile[phase].seconds)
    }
    rows =
      [row(.acting, "policy", "network, draws, log π")] + environment + [
        row(.recording, "rollout", "storing observations, actions and rewards"),
        row(.advantages, "advantages", "values, advantages, batches"),
        row(.updating, "update", "gradients and the optimizer"),
        row(.logging, "logging", "metrics, checkpoints, progress"),
      ]
  }
}
