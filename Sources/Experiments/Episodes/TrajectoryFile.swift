internal import AscentEnvironments
internal import AscentPolicies

/// A JSON Lines file of trajectories: one line for each episode.
///
/// `actions` are those that the environment received, and `log_probabilities` are logarithms of densities in the
/// environment's units. If the policy recorded other numbers than the environment received, `drawn_actions` has them, and
/// `drawn_as` the map of each to the environment's number a, as an object with the key `map` and, but for `identity`,
/// the bounds `low` and `high`:
///
/// - `identity`: a = u, clamped to the bounds of the space;
/// - `scaled`: a = (low + high)/2 + (high − low)/2 u, clamped likewise;
/// - `tanh`: a = low + (high − low)(1 + tanh u)/2;
/// - `unit`: a = low + (high − low) u;
/// - `other`: a map of a family that does not say its `ActionFamily.coordinates`.
public enum TrajectoryFile {
  /// The line of one episode, without the line break.
  ///
  /// `environment` names the environment; `seed` is what `reset(seed=…)` received for the lane's first episode, or nil.
  /// `states` has the state behind each observation if the environment exposes it.
  ///
  /// With `showsMemory`, `hidden` has the actor's recurrent state after each step's observation.
  public static func line(
    _ episode: PlayedEpisode, environment: String, seed: UInt64?, showsMemory: Bool = false
  ) -> String {
    var pairs: [(String, JSON)] = [
      ("environment", .text(environment)), ("lane", .integer(episode.lane)),
      ("episode", .integer(episode.episode)),
      ("seed", seed.map { .unsigned($0) } ?? .null),
      ("observations", rows(episode.observations, episode.observationSize)),
      ("actions", actions(episode.actions, episode)),
      ("rewards", .array(episode.rewards.map { .number($0) })),
      ("log_probabilities", .array(episode.logProbabilities.map { .number($0) })),
      ("terminated", .bool(episode.end == .terminated)), ("truncated", .bool(episode.end == .truncated)),
    ]
    if !episode.states.isEmpty {
      pairs.append(("states", rows(episode.states, episode.states.count / (episode.rewards.count + 1))))
    }
    if showsMemory, !episode.memories.isEmpty {
      pairs.append(("hidden", rows(episode.memories, episode.memories.count / episode.rewards.count)))
    }
    if episode.drawnActions != episode.actions {
      pairs.append(("drawn_actions", actions(episode.drawnActions, episode)))
      pairs.append(("drawn_as", .array(episode.coordinates.map { DrawnAs($0).json })))
    }
    return JSON.object(pairs).line
  }

  private static func actions(_ values: [Float], _ episode: PlayedEpisode) -> JSON {
    guard episode.isDiscrete else { return rows(values, episode.actionSize) }
    return .array(values.map { .integer(Int($0)) })
  }

  private static func rows(_ values: [Float], _ size: Int) -> JSON {
    guard size > 0 else { return .array([]) }
    return .array(
      stride(from: 0, to: values.count, by: size).map { start in
        .array(values[start..<start + size].map { .single($0) })
      })
  }
}
