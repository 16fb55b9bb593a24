internal import AscentMathematics
internal import AscentPolicies

/// Observations of bytes, of which equal planes are stored once.
///
/// An observation that stacks frames has most of them in common with the one before it, and those at the beginning of an
/// episode are all the same. A plane is therefore compared with those of the observation before, and with the earlier ones
/// of its own, whatever made them equal.
struct PlaneStore: Sendable {
  let layout: PictureLayout
  /// The planes, [plane × pixel].
  private var bytes: [UInt8] = []
  /// The number of planes in use.
  private(set) var planeCount = 0
  /// The number of each plane of an observation, [slot × plane]; −1 for observations that are not here.
  private var places: [Int32] = []
  /// The planes of the observation that is being stored.
  private var newest: [UInt8]
  /// How many places further the last plane that was not new was found in the observation before.
  private var shift = 0

  init(_ layout: PictureLayout) {
    self.layout = layout
    newest = Array(repeating: 0, count: layout.planes * layout.pixels)
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

  /// Stores the next observation.
  mutating func append(_ observation: Span<UInt8>) {
    places.append(contentsOf: repeatElement(-1, count: layout.planes))
    put(observation, slot: slotCount - 1)
  }

  /// Stores an observation that was not here.
  mutating func put(_ observation: Span<UInt8>, slot: Int) {
    Require.count(observation.count, of: "observation", is: newest.count, "that of its space")
    newest.withMutableSpan { planes in
      if layout.isInterleaved {
        PicturePlanes.split(observation, count: layout.planes, into: &planes)
      } else {
        for k in observation.indices { planes[k] = observation[k] }
      }
    }
    for plane in 0..<layout.planes {
      let place = find(plane, of: slot) ?? store(plane)
      places[slot * layout.planes + plane] = place
    }
  }

  /// The place of a plane that is stored already: one of the observation before, or an earlier one of its own.
  private mutating func find(_ plane: Int, of slot: Int) -> Int32? {
    let own = slot * layout.planes
    let candidates = max(0, own - layout.planes)..<own + plane
    let above = own - layout.planes + plane
    if candidates.contains(above + shift), hasBytes(above + shift, of: plane) { return places[above + shift] }
    guard let found = candidates.first(where: { hasBytes($0, of: plane) }) else { return nil }
    shift = found - above
    return places[found]
  }

  /// True if a plane is here and has the bytes of one of the newest observation.
  private func hasBytes(_ index: Int, of plane: Int) -> Bool {
    guard places[index] >= 0 else { return false }
    let (stored, own) = (
      Rows(stride: layout.pixels).indices(of: Int(places[index])), Rows(stride: layout.pixels)
    )
    return PicturePlanes.areEqual(
      bytes.span.extracting(stored), newest.span.extracting(own.indices(of: plane)))
  }

  /// Stores a plane of the newest observation.
  private mutating func store(_ plane: Int) -> Int32 {
    let rows = Rows(stride: layout.pixels)
    let (from, to) = (rows.indices(of: plane), rows.indices(of: planeCount))
    bytes.grow(toHold: to.upperBound, rowsOf: layout.pixels)
    let planes = newest
    let source = planes.span.extracting(from)
    bytes.withMutableSpan { target in for k in source.indices { target[to.lowerBound + k] = source[k] } }
    planeCount += 1
    return Int32(planeCount - 1)
  }

  /// Ends the program unless an observation is here.
  @inline(__always)
  func requireHere(_ slot: Int) {
    Require.that(
      slot >= 0 && slot < slotCount && places[slot * layout.planes] >= 0,
      "the observation must be one that this process has")
  }

  /// Copies an observation to `target`, from index `next` on.
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
    let step = layout.isInterleaved ? layout.planes : 1
    for plane in 0..<layout.planes {
      let place = Int(places[slot * layout.planes + plane])
      let source = bytes.span.extracting(Rows(stride: layout.pixels).indices(of: place))
      let first = next + (layout.isInterleaved ? plane : plane * layout.pixels)
      for k in source.indices { target[first + k * step] = Float(source[k]) }
    }
  }
}
