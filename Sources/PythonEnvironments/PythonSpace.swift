internal import AscentEnvironments
internal import CAscentPython

extension Space {
  /// Makes the space from the leaves that the C shim describes.
  init(_ environment: OpaquePointer, ofActions: Bool) {
    let which: Int32 = ofActions ? 1 : 0
    let count = unsafe cpython_environment_leaf_count(environment, which)
    self.init(
      leaves: (0..<count).map { index in
        unsafe Leaf(cpython_environment_leaf(environment, which, index).pointee)
      })
  }
}

extension Space.Leaf {
  fileprivate init(_ leaf: cpython_leaf) {
    let shape = unsafe UnsafeBufferPointer(start: leaf.shape, count: leaf.rank).map { Int($0) }
    let count = unsafe leaf.count
    let kind: Space.Kind
    switch unsafe leaf.kind {
    case .box:
      kind = unsafe .box(
        shape: shape, low: Array(UnsafeBufferPointer(start: leaf.low, count: count)),
        high: Array(UnsafeBufferPointer(start: leaf.high, count: count)),
        element: Space.Element(rawValue: String(cString: leaf.element)) ?? .float32)
    case .discrete:
      kind = unsafe .discrete(count: Int(leaf.counts[0]), start: Int(leaf.starts[0]))
    case .multi_discrete:
      kind = unsafe .multiDiscrete(
        counts: UnsafeBufferPointer(start: leaf.counts, count: count).map { Int($0) },
        starts: UnsafeBufferPointer(start: leaf.starts, count: count).map { Int($0) }, shape: shape)
    case .multi_binary:
      kind = .multiBinary(shape: shape)
    }
    self.init(path: unsafe String(cString: leaf.path), kind: kind)
    keys = unsafe Self.keys(String(cString: leaf.keys))
  }

  /// Reads the keys as the bridge writes them; nil for none.
  private static func keys(_ text: String) -> [Key]? {
    var (rest, keys) = (Array(text.utf8)[...], [Key]())
    while let kind = rest.popFirst() {
      let end = rest.firstIndex { $0 == UInt8(ascii: kind == UInt8(ascii: "i") ? ";" : ":") }
      guard let end, let number = Int(String(decoding: rest[..<end], as: UTF8.self)) else { return nil }
      rest = rest[(end + 1)...]
      guard kind != UInt8(ascii: "i") else {
        keys.append(.number(number))
        continue
      }
      guard number >= 0, number < rest.count else { return nil }
      keys.append(.text(String(decoding: rest.prefix(number), as: UTF8.self)))
      rest = rest.dropFirst(number + 1)
    }
    return keys.isEmpty ? nil : keys
  }
}
