public import AscentPolicies
public import AscentRegistries

extension Configuration {
  /// The source of an environment's random numbers.
  public enum RandomnessSource: String, NamedChoice {
    /// The lane's GSL stream.
    case streams
    /// The environment's own generators, seeded for each episode from the lane's stream.
    case episodes
    /// The environment's own generator, seeded once for each lane.
    case native

    /// A description in one line.
    public var help: String {
      switch self {
      case .streams: "the lane's GSL stream"
      case .episodes: "the environment's own generators; each reset has a seed from the lane's stream"
      case .native: "the environment's own generator, seeded once for each lane, as other tools do"
      }
    }
  }

  /// The consequence of a fault of the environment.
  public enum FaultPolicy: String, NamedChoice {
    /// The run ends.
    case stop
    /// The episode is truncated at the fault; the data then no longer depends on the environment alone.
    case resetLane = "reset-lane"

    /// A description in one line.
    public var help: String {
      switch self {
      case .stop: "the run"
      case .resetLane: "the episode, which is truncated there"
      }
    }
  }

  /// The order of the axes of pictures among the observations.
  public enum ImageLayout: String, NamedChoice {
    /// The probable order by the extents, with a notice where it is not rows × columns × channels.
    case automatic = "auto"
    /// Channels × rows × columns.
    case channelsFirst = "channels-first"
    /// Rows × columns × channels.
    case channelsLast = "channels-last"

    /// A description in one line.
    public var help: String {
      switch self {
      case .automatic:
        "channels first if the first extent is at most 16 and less than the others, and the last one is not such"
      case .channelsFirst: "channels × rows × columns, as PyTorch has them"
      case .channelsLast: "rows × columns × channels, as Gymnasium has them"
      }
    }
  }

  /// The layers that actor and critic share.
  public enum Trunk: String, NamedChoice {
    /// None.
    case separate
    /// The hidden layers.
    case shared

    /// A description in one line.
    public var help: String {
      switch self {
      case .separate: "actor and critic have networks of their own"
      case .shared: "actor and critic share all layers but the last"
      }
    }
  }

  /// The memory of a policy for earlier observations.
  public enum Memory: Sendable, Equatable {
    /// No memory.
    case none
    /// The last k observations, stacked (`window=k`).
    case window(Int)
    /// The state of a recurrent layer.
    case recurrent(Recurrence.Cell)

    /// The text as a user types it.
    var typed: String {
      switch self {
      case .none: "none"
      case .window(let count): "window=\(count)"
      case .recurrent(let cell): cell.rawValue
      }
    }

    /// Reads what a user typed.
    init?(typed text: String) {
      if text == "none" {
        self = .none
        return
      }
      if let cell = Recurrence.Cell(rawValue: text) {
        self = .recurrent(cell)
        return
      }
      guard text.hasPrefix("window="), let count = Int(text.dropFirst(7)), (2...1024).contains(count) else {
        return nil
      }
      self = .window(count)
    }
  }
}

extension Network.Convolution {
  /// The convolutions `nature`, for Atari's screens (Mnih and others 2015).
  static let nature = [
    Network.Convolution(filters: 32, side: 8, stride: 4), .init(filters: 64, side: 4, stride: 2),
    .init(filters: 64, side: 3, stride: 1),
  ]

  /// The text as a user types it.
  var typed: String { "\(filters)x\(side)/\(stride)" }

  /// Reads what a user typed.
  init?(typed text: String) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    let square = parts.last?.split(separator: "/", omittingEmptySubsequences: false) ?? []
    guard parts.count == 2, square.count == 2, let filters = Int(parts[0]), let side = Int(square[0]),
      let stride = Int(square[1]), (1...4096).contains(filters), (1...256).contains(side),
      (1...256).contains(stride)
    else { return nil }
    self.init(filters: filters, side: side, stride: stride)
  }
}
