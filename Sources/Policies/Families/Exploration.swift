internal import AscentMathematics
internal import AscentRandomness

/// The noise matrices ε of exploring factors for each lane, [lane][latent × value]; each stays the same for some steps.
///
/// The noise is state of the acting loop. It is drawn anew at the beginning of each rollout, so checkpoints omit it.
public struct Exploration: Sendable {
  /// The number of steps after which a lane's matrix is drawn again; with 0, only ``restart()`` causes a new draw.
  public var interval: Int
  var matrices: [[Float]] = []
  private var ages: [Int] = []

  /// Makes noise that is drawn at each lane's first step.
  public init(interval: Int = 0) { self.interval = interval }

  /// Marks every lane's matrix to be drawn again before the lane's next step.
  public mutating func restart() { ages = Array(repeating: 0, count: ages.count) }

  /// Returns true if the lane's matrix of `count` numbers must be drawn now; counts the step.
  mutating func isDue(_ lane: Int, _ count: Int) -> Bool {
    while matrices.count <= lane {
      matrices.append([])
      ages.append(0)
    }
    defer { ages[lane] += 1 }
    guard ages[lane] > 0, matrices[lane].count == count else { return true }
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
