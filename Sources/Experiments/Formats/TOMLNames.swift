/// The names that a text of TOML has defined so far, as a tree.
///
/// A name is found by its parent and its own text, so a look-up takes the same time at every depth.
struct TOMLNames {
  /// The number of a name in the tree.
  typealias Node = Int32

  /// The kinds of definitions that a name has.
  struct Roles: OptionSet {
    let rawValue: UInt8
    /// It has a value, or is an inline table; no key can be added below it.
    static let value = Roles(rawValue: 1)
    /// It is a table with a header.
    static let header = Roles(rawValue: 2)
    /// It contains some key or header; it cannot have a value.
    static let table = Roles(rawValue: 4)
    /// Dotted keys defined it; it cannot have a header.
    static let dotted = Roles(rawValue: 8)
  }

  private struct Place: Hashable {
    let parent: Node
    let name: String
  }

  /// The table that contains everything.
  static let root: Node = 0

  private var nodes: [Place: Node] = [:]
  private var roles: [Roles] = [.table]

  /// The roles of a name.
  subscript(node: Node) -> Roles {
    get { roles[Int(node)] }
    set { roles[Int(node)] = newValue }
  }

  /// Returns the node of a name below another one; a new name has no role.
  mutating func node(_ name: String, below parent: Node) -> Node {
    let new = Node(roles.count)
    let node = nodes[Place(parent: parent, name: name), default: new]
    if node == new {
      nodes[Place(parent: parent, name: name)] = new
      roles.append([])
    }
    return node
  }
}
