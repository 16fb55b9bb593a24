/// The workspace of one recurrent layer, in time order.
///
/// The numbers of all positions are stored in one array, region by region.
struct RecurrentWorkspace {
  /// The kinds of numbers that a position has.
  enum Region: Int, CaseIterable {
    // The forward step.
    case gates, inner, before, outputs, cellsBefore, cells, shown
    // Its adjoint; `carry` and `room` have one row for each sequence that has not ended.
    case outputAdjoints, gateAdjoints, innerAdjoints, carry, cellCarry, room
    // Its derivative along a direction.
    case gateTangents, innerTangents, beforeTangents, outputTangents, cellsBeforeTangents, cellTangents

    /// True if it has one number per gate and unit instead of one per unit.
    fileprivate var isOfGates: Bool {
      switch self {
      case .gates, .inner, .gateAdjoints, .innerAdjoints, .gateTangents, .innerTangents: true
      default: false
      }
    }
  }

  /// The offsets of the regions.
  struct Map {
    private let starts: [Int]
    private let widths: [Int]
    let count: Int

    init(units: Int, gateCount: Int, positions: Int) {
      widths = Region.allCases.map { $0.isOfGates ? units * gateCount : units }
      var (starts, next) = ([Int](), 0)
      for width in widths {
        starts.append(next)
        next += width * positions
      }
      (self.starts, count) = (starts, next)
    }

    /// The index of a position's first number in a region.
    func index(_ region: Region, _ position: Int) -> Int {
      starts[region.rawValue] + position * widths[region.rawValue]
    }

    /// The indices of some positions' numbers in a region.
    func range(_ region: Region, _ positions: Range<Int>) -> Range<Int> {
      index(region, positions.lowerBound)..<index(region, positions.upperBound)
    }
  }

  /// The numbers of all regions.
  var numbers: [Float] = []
  private(set) var map: Map
  /// The position of each row in time order.
  var order = TimeOrder()
  /// The inputs, [position × input], and their adjoints or tangents.
  var inputs: [Float] = []
  var inputAdjoints: [Float] = []
  /// The inner weights, transposed.
  var transposed: [Float] = []

  private let layer: RecurrentLayer
  private(set) var positions = 0

  init(_ layer: RecurrentLayer) {
    self.layer = layer
    map = Map(units: layer.units, gateCount: layer.cell.gateCount, positions: 0)
    transposed = Array(repeating: 0, count: layer.inner.inputs * layer.inner.outputs)
  }

  /// True if its regions are those of the layer.
  func belongs(to other: RecurrentLayer) -> Bool {
    layer.units == other.units && layer.cell == other.cell && layer.outer.inputs == other.outer.inputs
  }

  /// Allocates memory for at least `rows` rows.
  mutating func reserve(_ rows: Int) {
    guard rows > positions else { return }
    positions = rows
    map = Map(units: layer.units, gateCount: layer.cell.gateCount, positions: rows)
    numbers = Array(repeating: 0, count: map.count)
    inputs = Array(repeating: 0, count: rows * layer.outer.inputs)
    inputAdjoints = inputs
  }

  /// Copies the numbers of some positions from one region to another, beginning at position `first`.
  mutating func copy(_ from: Region, _ positions: Range<Int>, to region: Region, _ first: Int) {
    let (source, start) = (map.range(from, positions), map.index(region, first))
    for k in 0..<source.count { numbers[start + k] = numbers[source.lowerBound + k] }
  }

  /// Sets the numbers of some positions to 0.
  mutating func clear(_ region: Region, _ positions: Range<Int>) {
    for k in map.range(region, positions) { numbers[k] = 0 }
  }

  /// Copies the input rows into time order.
  mutating func gatherInputs(_ x: Span<Float>, size: Int) {
    for (position, row) in order.rows.enumerated() {
      for k in 0..<size { inputs[position * size + k] = x[row * size + k] }
    }
  }

  /// Copies a region into rows, without leads.
  func read(_ region: Region, into rows: inout [Float], size: Int) {
    for (row, position) in order.positions.enumerated() {
      let index = map.index(region, position)
      for k in 0..<size { rows[row * size + k] = numbers[index + k] }
    }
  }

  /// Copies rows, without leads, into a region.
  mutating func write(_ rows: [Float], to region: Region, size: Int) {
    for (row, position) in order.positions.enumerated() {
      let index = map.index(region, position)
      for k in 0..<size { numbers[index + k] = rows[row * size + k] }
    }
  }
}
