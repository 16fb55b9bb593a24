public import Policies
public import Registries

extension Configuration {
  /// Where an environment's random numbers come from.
  public enum RandomnessSource: String, NamedChoice {
    /// The lane's GSL stream.
    case streams
    /// The environment's own generator, seeded once for each lane.
    case native

    /// What it is, in one line.
    public var help: String {
      switch self {
      case .streams: "the lane's GSL stream"
      case .native: "the environment's own generator, seeded once for each lane, as other tools do"
      }
    }
  }

  /// What a fault of the environment ends.
  public enum FaultPolicy: String, NamedChoice {
    /// The run.
    case stop
    /// The episode, which is truncated there; what is learned from is then no longer the environment's alone.
    case resetLane = "reset-lane"

    /// What it is, in one line.
    public var help: String {
      switch self {
      case .stop: "the run"
      case .resetLane: "the episode, which is truncated there"
      }
    }
  }

  /// What actor and critic have in common.
  public enum Trunk: String, NamedChoice {
    /// Nothing.
    case separate
    /// The hidden layers.
    case shared

    /// What it is, in one line.
    public var help: String {
      switch self {
      case .separate: "actor and critic have networks of their own"
      case .shared: "actor and critic share all layers but the last"
      }
    }
  }

  /// What a policy remembers.
  public enum Memory: Sendable, Equatable {
    /// Nothing.
    case none
    /// The last k observations, stacked (`window=k`).
    case window(Int)
    /// The state of a recurrent layer.
    case recurrent(Recurrence.Cell)

    /// As a user types it.
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
  /// As a user types it.
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
