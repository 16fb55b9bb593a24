internal import Mathematics
internal import Randomness

/// The noise of exploring factors, which stays the same for some steps: ε of each lane, [lane][latent × value].
///
/// It belongs to whoever acts, and is drawn anew at the beginning of each rollout, so a checkpoint does not need it.
public struct Exploration: Sendable {
  /// The number of steps after which a lane's matrix is drawn again; 0 keeps it until ``restart()``.
  public var interval: Int
  var matrices: [[Float]] = []
  private var ages: [Int] = []

  /// Noise that is still to be drawn.
  public init(interval: Int = 0) { self.interval = interval }

  /// Lets every lane's matrix be drawn again before the lane acts next.
  public mutating func restart() { ages = Array(repeating: 0, count: ages.count) }

  /// Whether the lane's matrix must be drawn now; counts the step.
  mutating func isDue(_ lane: Int) -> Bool {
    while matrices.count <= lane {
      matrices.append([])
      ages.append(0)
    }
    defer { ages[lane] += 1 }
    guard ages[lane] > 0 else { return true }
    guard interval > 0, ages[lane] >= interval else { return false }
    ages[lane] = 0
    return true
  }

  /// Draws the lane's matrix: ε ~ N(0, σ²), element by element.
  mutating func draw(_ logDeviations: Span<Float>, _ lane: Int, _ stream: RandomStream) {
    matrices[lane].removeAll(keepingCapacity: true)
    for k in logDeviations.indices {
      matrices[lane].append(Float(exponential(Double(logDeviations[k])) * stream.standardNormal()))
    }
  }
}
