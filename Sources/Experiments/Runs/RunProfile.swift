internal import PolicyGradients
internal import PythonEnvironments

/// Where the time of a training run went: seconds of this process by phase, which add up to the run's.
public struct RunProfile: Sendable {
  /// One row of the table.
  public struct Row: Sendable {
    /// A word for the table and for JSON.
    public let name: String
    /// What belongs to it.
    public let meaning: String
    /// How long.
    public let seconds: Double
  }

  /// The phases in the order of a step, then of an iteration.
  public let rows: [Row]

  /// Reads a profile; `callSeconds` are those inside of hosted `reset` and `step`, nil for native environments.
  init(_ profile: Profile, callSeconds: Double?) {
    profile.enter(.logging)
    let stepping = profile[.stepping].seconds
    var environment = [
      Row(name: "environment", meaning: "resets and steps", seconds: stepping)
    ]
    if let callSeconds {
      environment = [
        Row(name: "environment", meaning: "inside of Python's reset and step", seconds: callSeconds),
        Row(name: "bridge", meaning: "to Python and back, and wrappers", seconds: stepping - callSeconds),
      ]
    }
    func row(_ phase: Profile.Phase, _ name: String, _ meaning: String) -> Row {
      Row(name: name, meaning: meaning, seconds: profile[phase].seconds)
    }
    rows =
      [row(.acting, "policy", "network, draws, log π")] + environment + [
        row(.recording, "rollout", "what was seen, done and earned is kept"),
        row(.advantages, "advantages", "values, advantages, batches"),
        row(.updating, "update", "gradients and the optimizer"),
        row(.logging, "logging", "metrics, checkpoints, progress"),
      ]
  }
}
