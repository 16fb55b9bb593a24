/// The memory in which one recurrent layer works, in the order of time.
///
/// All numbers that belong to a place lie in one array, region by region.
struct RecurrentWorkspace {
  /// What there is of each place.
  enum Region: Int, CaseIterable {
    // The step itself.
    case gates, inner, before, outputs, cellsBefore, cells, shown
    // Its adjoint; the carry and the room are of the sequences that go on.
    case outputAdjoints, gateAdjoints, innerAdjoints, carry, cellCarry, room
    // Its derivative along a direction.
    case gateTangents, innerTangents, beforeTangents, outputTangents, cellsBeforeTangents, cellTangents

    /// Whether it has a number for each gate, and not only for each unit.
    fileprivate var isOfGates: Bool {
      switch self {
      case .gates, .inner, .gateAdjoints, .innerAdjoints, .gateTangents, .innerTangents: true
      default: false
      }
    }
  }

  /// Where the regions begin.
  struct Map {
    private let starts: [Int]
    private let widths: [Int]
    let count: Int

    init(units: Int, gateCount: Int, places: Int) {
      widths = Region.allCases.map { $0.isOfGates ? units * gateCount : units }
      var (starts, next) = ([Int](), 0)
      for width in widths {
        starts.append(next)
        next += width * places
      }
      (self.starts, count) = (starts, next)
    }

    /// The index of a region's first number of a place.
    func index(_ region: Region, _ place: Int) -> Int {
      starts[region.rawValue] + place * widths[region.rawValue]
    }

    /// A region's numbers of some places.
    func range(_ region: Region, _ places: Range<Int>) -> Range<Int> {
      index(region, places.lowerBound)..<index(region, places.upperBound)
    }
  }

  /// The numbers of all regions.
  var numbers: [Float] = []
  private(set) var map: Map
  /// Which row is at which place.
  var order = TimeOrder()
  /// The inputs, [place × input], and their adjoints and tangents.
  var inputs: [Float] = []
  var inputAdjoints: [Float] = []
  /// What the layer puts out, [row × unit], and its adjoint and tangent.
  var results: [Float] = []
  var resultAdjoints: [Float] = []
  var resultTangents: [Float] = []
  /// The inner weights, transposed.
  var transposed: [Float] = []

  private let layer: RecurrentLayer
  private var places = 0

  init(_ layer: RecurrentLayer) {
    self.layer = layer
    map = Map(units: layer.units, gateCount: layer.cell.gateCount, places: 0)
    transposed = Array(repeating: 0, count: layer.inner.inputs * layer.inner.outputs)
  }

  /// Makes room for as many rows.
  mutating func reserve(_ rows: Int) {
    guard rows > places else { return }
    places = rows
    map = Map(units: layer.units, gateCount: layer.cell.gateCount, places: rows)
    numbers = Array(repeating: 0, count: map.count)
    inputs = Array(repeating: 0, count: rows * layer.outer.inputs)
    inputAdjoints = inputs
    results = Array(repeating: 0, count: rows * layer.units)
    (resultAdjoints, resultTangents) = (results, results)
  }

  /// Writes one place's region from another one's.
  mutating func copy(_ from: Region, _ places: Range<Int>, to region: Region, _ first: Int) {
    let (source, start) = (map.range(from, places), map.index(region, first))
    for k in 0..<source.count { numbers[start + k] = numbers[source.lowerBound + k] }
  }

  /// Writes 0.
  mutating func clear(_ region: Region, _ places: Range<Int>) {
    for k in map.range(region, places) { numbers[k] = 0 }
  }
}
