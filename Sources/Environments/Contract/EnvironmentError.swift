internal import AscentRegistries

/// The error of an environment that broke its contract, with its location.
public struct EnvironmentError: Error, Equatable, CustomStringConvertible {
  /// The lane in which it happened.
  public var lane: Int
  /// The lane's episode, counted from 0.
  public var episode: Int
  /// The step of the episode: 0 is the reset.
  public var step: Int
  /// The seed of the run.
  public var seed: UInt64
  /// The kind of fault.
  public var fault: Fault

  /// The kinds of faults of an environment.
  public enum Fault: Sendable, Equatable {
    /// Its code raised an exception, with this type, message and traceback.
    case raised(type: String, message: String, traceback: String)
    /// It returned a value whose kind, shape or element type differs from its space.
    case mismatch(what: String, expected: String, found: String)
    /// It returned NaN, an infinite number, or a finite one that float32 cannot hold.
    case notFinite(what: String, value: Double, index: Int)
    /// It returned a value outside of its space, or received such an action.
    case outsideSpace(what: String, value: Double, allowed: String)
    /// It did not restore the state that it keeps across episodes.
    case stateNotTaken(String)
    /// An episode does not end, or memory is exhausted.
    case resource(String)
  }

  /// Makes an error with its location.
  public init(lane: Int, episode: Int, step: Int, seed: UInt64, fault: Fault) {
    self.lane = lane
    self.episode = episode
    self.step = step
    self.seed = seed
    self.fault = fault
  }

  /// Makes the error of an episode that does not end.
  public static func endless(
    _ lane: Int, _ episode: Int, _ step: Int, _ seed: UInt64
  ) -> EnvironmentError {
    EnvironmentError(
      lane: lane, episode: episode, step: step, seed: seed,
      fault: .resource(
        "the episode has not ended after \(step) steps; limit it by environment.time_limit"))
  }

  /// One sentence with the location, then Python's traceback if there is one.
  public var description: String {
    traceback.isEmpty ? sentence : "\(sentence)\n\(traceback)"
  }

  /// Python's traceback; empty if there is none.
  public var traceback: String {
    switch fault {
    case .raised(_, _, let traceback): traceback
    // The description of the error by which it rejected the state.
    case .stateNotTaken(let text): text.firstIndex(of: "\n").map { String(text[$0...].dropFirst()) } ?? ""
    default: ""
    }
  }

  /// One sentence with the location.
  public var sentence: String { words.inOneLine }

  private var words: String {
    let location = "lane \(lane), episode \(episode), step \(step), seed \(seed)"
    switch fault {
    case .raised(let type, let message, _):
      return "the environment raised \(type): \(message) (\(location))"
    case .mismatch(let what, let expected, let found):
      return "the \(what) should be \(expected) but is \(found) (\(location))"
    case .notFinite(let what, let value, let index) where value.isFinite:
      return "the \(what) has \(value) at index \(index), which float32 cannot hold; scale it (\(location))"
    case .notFinite(let what, let value, let index):
      return "the \(what) has \(value) at index \(index); it must be finite (\(location))"
    case .outsideSpace(let what, let value, let allowed):
      return "the \(what) is \(value), outside of \(allowed) (\(location))"
    case .stateNotTaken(let text):
      return "lane \(lane) cannot be restored: its environment rejects the state that it saved: "
        + text.prefix { $0 != "\n" }
    case .resource(let text):
      return "\(text) (\(location))"
    }
  }
}
