public import Randomness

/// Tests of what a run relies on in an environment.
///
/// Each trial acts at random; trials that are compared make the same actions. The environment draws from the lanes' streams, as
/// in a run.
public struct EnvironmentCheck {
  /// What a trial came to.
  public enum Verdict: String, Sendable {
    /// As it should be.
    case passed = "pass"
    /// A run would go wrong, or could not be made again.
    case failed = "fail"
    /// Worth knowing.
    case noted = "note"
  }

  /// One answer.
  public struct Finding: Sendable, Equatable {
    /// The question in one word.
    public var name: String
    /// The answer.
    public var verdict: Verdict
    /// What was seen.
    public var text: String
    /// What to do about it; empty where there is nothing to do.
    public var advice: String

    /// Makes an answer.
    public init(_ name: String, _ verdict: Verdict, _ text: String, advice: String = "") {
      (self.name, self.verdict, self.text, self.advice) = (name, verdict, text, advice)
    }
  }

  let steps: Int
  let streams: [RandomStream]

  /// Asks every question.
  ///
  /// - Parameters:
  ///   - steps: how many steps a trial makes.
  ///   - seed: the seed of the streams; trials with another one take the next.
  ///   - streams: what the actions of two lanes are drawn from.
  ///   - open: opens so many lanes with a seed.
  /// - Returns: the answers; those that need an environment that works are left out for one that does not.
  /// - Throws: what `open` throws.
  public static func findings<E: Error>(
    steps: Int, seed: UInt64, drawing streams: [RandomStream],
    open: (_ seed: UInt64, _ laneCount: Int) throws(E) -> Lanes
  ) throws(E) -> [Finding] {
    let check = EnvironmentCheck(steps: steps, streams: streams)
    let lanes = try open(seed, 2)
    let clock = ContinuousClock()
    let start = clock.now
    let first = check.record(lanes)
    let elapsed = clock.now - start
    var all = [spaces(lanes), contract(first)]
    guard first.fault == nil else { return all }
    all += [bounds(first, lanes.observationSpace), rewards(first), episodes(first)]
    let beside = check.record(try open(seed, 2), beside: true)
    let alone = check.record(try open(seed, 2))
    let other = check.record(try open(seed &+ 1, 2))
    all.append(
      alone.failing("seed")
        ?? equal(
          "seed", first, alone, "the same seed gives the same episodes, bit for bit",
          else: "two runs with one seed part",
          advice:
            "look for randomness outside of self.np_random, for time, and for what is kept between environments"
        ))
    all.append(other.failing("other-seed") ?? otherSeed(first, other))
    all.append(
      beside.failing("lanes")
        ?? equal(
          "lanes", alone, beside, "a lane does not notice the others",
          else: "a lane changes when another is stepped",
          advice:
            "what belongs to one environment must not lie in its class or module; else bits depend on --workers"
        ))
    all.append(check.replayable(first, try open(seed, 1)))
    if lanes.keepsState { all.append(state(first)) }
    let microseconds =
      Double(elapsed.components.attoseconds) * 1e-12 + Double(elapsed.components.seconds) * 1e6
    let each = (microseconds / Double(steps) * 100).rounded() / 100
    all.append(Finding("speed", .noted, "\(each) µs a step, resets included"))
    return all
  }
}
