/// The noise that exploring factors hold for some steps: ε of each lane, [lane][latent × value].
///
/// It belongs to whoever acts, and begins anew with each rollout, so nothing of it needs to be saved.
public struct Exploration: Sendable {
  /// After so many steps a lane's matrix is drawn again; 0 keeps it until ``restart()``.
  public var interval: Int
  var matrices: [[Float]] = []
  var ages: [Int] = []

  /// Makes noise that has not been drawn yet.
  public init(interval: Int = 0) { self.interval = interval }

  /// Draws every lane's matrix again before it acts next.
  public mutating func restart() { ages = Array(repeating: 0, count: ages.count) }

  /// Whether the lane must draw now; counts the step.
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
}
