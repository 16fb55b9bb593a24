internal import AscentMathematics
public import AscentRandomness

/// A check of the properties that a run requires of an environment.
///
/// Trials take random actions; trials that are compared take the same ones. The environment draws from the lanes'
/// streams, as in a run.
public struct EnvironmentCheck {
  /// The result of a trial.
  public enum Verdict: String, Sendable {
    /// The environment has the property.
    case passed = "pass"
    /// A run would fail, or could not be reproduced.
    case failed = "fail"
    /// Information, neither good nor bad.
    case noted = "note"
  }

  /// The result for one property.
  public struct Finding: Sendable, Equatable {
    /// The name of the property, in one word.
    public var name: String
    /// The verdict.
    public var verdict: Verdict
    /// The observed facts.
    public var text: String
    /// The remedy; empty if none is needed.
    public var advice: String

    /// Makes a finding.
    public init(_ name: String, _ verdict: Verdict, _ text: String, advice: String = "") {
      (self.name, self.verdict, self.text, self.advice) = (name, verdict, text, advice)
    }
  }

  let steps: Int
  let streams: [RandomStream]
  /// Called after each step; returns false when the trials should end, and from then on.
  let onStep: () -> Bool

  /// Runs all trials.
  ///
  /// - Parameters:
  ///   - steps: the number of steps of a trial.
  ///   - seed: the seed of the streams; trials with another seed use the next one.
  ///   - streams: the streams of the random actions of two lanes.
  ///   - laneCount: the largest number of lanes, 1 or 2; a process may have only one of some environments.
  ///   - onStep: called after each step; returns false when the trials should end, and from then on.
  ///   - open: opens a number of lanes with a seed.
  /// - Returns: the findings; for an environment that fails, only those about its spaces and its contract. None when
  ///   `onStep` ended the trials.
  /// - Throws: the error of `open`.
  public static func findings<E: Error>(
    steps: Int, seed: UInt64, drawing streams: [RandomStream], laneCount: Int = 2,
    onStep: @escaping () -> Bool = { true },
    open: (_ seed: UInt64, _ laneCount: Int) throws(E) -> Lanes
  ) throws(E) -> [Finding] {
    Require.number(steps, of: "number of steps of a trial", from: 1)
    Require.count(streams.count, of: "streams of random actions", atLeast: 2, "one for each of two lanes")
    let check = EnvironmentCheck(steps: steps, streams: streams, onStep: onStep)
    var (all, first, keepsState) = ([Finding](), Record(), false)
    var elapsed = Duration.zero
    // The lanes of a trial are gone before those of the next one are opened.
    do {
      let lanes = try open(seed, laneCount)
      elapsed = ContinuousClock().measure { first = check.record(lanes) }
      guard !first.isEnded else { return [] }
      all += [spaces(lanes), contract(first)]
      guard first.fault == nil else { return check.onStep() ? all : [] }
      let notices = lanes.takeNotices()
      all += [types(notices), arithmetic(notices)].compactMap { $0 }
      all += [bounds(first, lanes.observationSpace), rewards(first), episodes(first)]
      keepsState = lanes.keepsState
    }
    let beside = laneCount > 1 ? check.record(try open(seed, laneCount), beside: true) : nil
    let alone = check.record(try open(seed, laneCount))
    let other = check.record(try open(seed &+ 1, laneCount))
    guard !other.isEnded else { return [] }
    all.append(
      alone.failing("seed")
        ?? equal(
          "seed", first, alone, "the same seed gives the same episodes, bit for bit",
          else: "two runs with the same seed differ",
          advice:
            "look for randomness outside of self.np_random, for uses of the clock, for loops over sets of objects (their "
            + "order is that of their addresses), and for state that environments share"
        ))
    all.append(other.failing("other-seed") ?? otherSeed(first, other))
    all.append(
      beside.map { beside in
        beside.failing("lanes")
          ?? equal(
            "lanes", alone, beside, "a lane does not depend on the others",
            else: "a lane changes when another is stepped",
            advice:
              "what belongs to one environment must not lie in its class or module; else bits depend on --workers"
          )
      } ?? Finding("lanes", .noted, "not tried: --lanes 1"))
    all.append(check.replayable(first, try open(seed, 1)))
    if keepsState { all.append(state(first)) }
    all.append(speed(elapsed, steps))
    return check.onStep() ? all : []
  }

  private static func speed(_ elapsed: Duration, _ steps: Int) -> Finding {
    let (seconds, attoseconds) = elapsed.components
    let each = (Double(attoseconds) * 1e-12 + Double(seconds) * 1e6) / Double(steps)
    let digits = "\(Int((each * 100).rounded()))"
    let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    return Finding("speed", .noted, "\(padded.dropLast(2)).\(padded.suffix(2)) µs a step, resets included")
  }
}
