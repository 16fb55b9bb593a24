internal import AscentMathematics
internal import AscentPolicies

/// Observations of bytes, of which equal planes are stored once.
///
/// An observation that stacks frames has most of them in common with the one before it, and those at the beginning of an
/// episode are all the same. A plane is therefore compared with those of the observation before, and with the earlier ones
/// of its own, whatever made them equal.
struct PlaneStore: Sendable {
  private let layout: PictureLayout
  /// The planes, [plane × pixel].
  private var bytes: [UInt8] = []
  /// The number of planes in use.
  private(set) var planeCount = 0
  /// The number of each plane of an observation, [slot × plane]; −1 for observations that are not here.
  private var places: [Int32] = []
  /// Scratch memory: the bytes of an observation, and if they are interleaved its planes.
  private var (newest, room): ([UInt8], [UInt8]) = ([], [])
  /// How many places further than its own place in the observation before the last plane was found that was not new.
  private var shift = 0

  init(_ layout: PictureLayout) {
    self.layout = layout
    if layout.isInterleaved { room = Array(repeating: 0, count: layout.planes * layout.pixels) }
  }

  /// The number of observations, those included that are not here.
  var slotCount: Int { places.count / layout.planes }

  /// Removes all without releasing memory.
  mutating func removeAll() {
    planeCount = 0
    places.removeAll(keepingCapacity: true)
  }

  /// Makes room for so many observations, none of which are here.
  mutating func expect(_ slots: Int) {
    removeAll()
    places.append(contentsOf: repeatElement(-1, count: slots * layout.planes))
  }

  /// Stores the observation of the next slot.
  ///
  /// - Returns: false, and stores nothing, if a number is no byte.
  mutating func append(_ observation: Span<Float>, slot: Int) -> Bool {
    Require.count(slot, of: "slots before this one", is: slotCount, "the number of those stored")
    var bytes = newest
    newest = []
    bytes.resize(to: observation.count)
    let areBytes = bytes.withMutableSpan { bytes in
      var differences: UInt32 = 0
      for k in observation.indices {
        // A whole number from 0 to 255 is the lowest byte of its sum with 2²³; every other number, −0 included, has other
        // bits than that byte as a float.
        let byte = UInt8(truncatingIfNeeded: (observation[k] + 0x1p23).bitPattern)
        differences |= Float(byte).bitPattern ^ observation[k].bitPattern
        bytes[k] = byte
      }
      return differences == 0
    }
    if areBytes {
      places.append(contentsOf: repeatElement(-1, count: layout.planes))
      put(bytes.span, slot: slot)
    }
    newest = bytes
    return areBytes
  }

  /// Stores an observation that was not here; ends the program if it has another size.
  mutating func put(_ observation: Span<UInt8>, slot: Int) {
    Require.count(
      observation.count, of: "observation", is: layout.planes * layout.pixels, "the size of all planes")
    guard layout.isInterleaved else { return put(planes: observation, slot) }
    var planes = room
    room = []
    planes.withMutableSpan { PicturePlanes.split(observation, count: layout.planes, into: &$0) }
    put(planes: planes.span, slot)
    room = planes
  }

  /// Stores the planes of an observation, one after the other.
  private mutating func put(planes: Span<UInt8>, _ slot: Int) {
    for k in 0..<layout.planes {
      let plane = planes.extracting(Rows(stride: layout.pixels).indices(of: k))
      let place = find(plane, k, of: slot) ?? store(plane)
      places[slot * layout.planes + k] = place
    }
  }

  /// The place of plane k of an observation if it is stored already: as one of the observation before, or an earlier one of
  /// its own.
  private mutating func find(_ plane: Span<UInt8>, _ k: Int, of slot: Int) -> Int32? {
    let own = slot * layout.planes
    let (candidates, above) = (max(0, own - layout.planes)..<own + k, own - layout.planes + k)
    if candidates.contains(above + shift), holds(plane, at: places[above + shift]) {
      return places[above + shift]
    }
    var last: Int32 = -1
    for candidate in candidates where places[candidate] != last {
      last = places[candidate]
      guard holds(plane, at: last) else { continue }
      shift = candidate - above
      return last
    }
    return nil
  }

  /// True if a place has the bytes of a plane; it may be −1.
  private func holds(_ plane: Span<UInt8>, at place: Int32) -> Bool {
    guard place >= 0 else { return false }
    return PicturePlanes.areEqual(
      bytes.span.extracting(Rows(stride: layout.pixels).indices(of: Int(place))), plane)
  }

  /// Stores a plane that is new.
  private mutating func store(_ plane: Span<UInt8>) -> Int32 {
    let first = planeCount * layout.pixels
    bytes.grow(toHold: first + layout.pixels, rowsOf: layout.pixels)
    bytes.withMutableSpan { target in for k in plane.indices { target[first + k] = plane[k] } }
    planeCount += 1
    return Int32(planeCount - 1)
  }

  /// Ends the program unless an observation is here.
  @inline(__always)
  private func requireHere(_ slot: Int) {
    Require.that(
      slot >= 0 && slot < slotCount && places[slot * layout.planes] >= 0,
      "the observation must be one that this process has")
  }

  /// Copies an observation to `target`, from index `next` on; ends the program if it is not here.
  @inline(__always)
  func copy(_ slot: Int, into target: inout MutableSpan<UInt8>, at next: Int) {
    requireHere(slot)
    let own = places.span.extracting(Rows(stride: layout.planes).indices(of: slot))
    if layout.isInterleaved {
      PicturePlanes.join(own, of: bytes.span, pixels: layout.pixels, into: &target, at: next)
      return
    }
    for plane in own.indices {
      let source = bytes.span.extracting(Rows(stride: layout.pixels).indices(of: Int(own[plane])))
      let first = next + plane * layout.pixels
      for k in source.indices { target[first + k] = source[k] }
    }
  }

  /// Copies an observation to `target` as floats.
  @inline(__always)
  func copy(_ slot: Int, into target: inout MutableSpan<Float>, at next: Int) {
    requireHere(slot)
    let own = places.span.extracting(Rows(stride: layout.planes).indices(of: slot))
    if layout.isInterleaved {
      PicturePlanes.join(own, of: bytes.span, pixels: layout.pixels, into: &target, at: next)
      return
    }
    for plane in own.indices {
      let source = bytes.span.extracting(Rows(stride: layout.pixels).indices(of: Int(own[plane])))
      let first = next + plane * layout.pixels
      for k in source.indices { target[first + k] = Float(source[k]) }
    }
  }
}
