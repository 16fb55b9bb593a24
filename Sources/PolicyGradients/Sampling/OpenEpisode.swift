/// An episode that one rollout left and the next goes on with.
public struct OpenEpisode: Sendable, Equatable {
  /// Whether there is one.
  public var isOpen = false
  /// Its steps so far.
  public var steps = 0
  /// What it has earned so far.
  public var reward = 0.0
  /// The actions that the environment received, [step × value].
  public var actions: [Float] = []
  /// Where it stands.
  public var observation: [Float] = []
  /// What the policy remembers of it.
  public var memory: [Float] = []
  /// What the environment kept when it began, or keeps now where none is open (a vector's: its first lane); empty
  /// where it keeps nothing across episodes.
  public var state: [UInt8] = []
  /// What its vector did, where it belongs to one.
  public var vector = VectorLog()

  /// Nothing is open.
  public init(vector: VectorLog = VectorLog()) { self.vector = vector }
}
