package import AscentExperiments
import AscentMathematics
import AscentRandomness

/// The values of one setting that a sweep tries.
package struct SweepRange: Equatable, Sendable {
  /// The kinds of ranges.
  package enum Kind: Equatable, Sendable {
    /// One of some values, each as probable as the others.
    case choices([SettingValue])
    /// A number between two others, uniform.
    case uniform(Double, Double)
    /// A number between two positive others, whose logarithm is uniform.
    case logarithmic(Double, Double)
    /// A whole number from the first to the last, uniform.
    case integer(Int, Int)
  }

  /// The key of the setting.
  package let key: String
  /// The values.
  package let kind: Kind

  /// Makes a range.
  package init(_ key: String, _ kind: Kind) { (self.key, self.kind) = (key, kind) }

  /// Draws a value; one of a continuous range is rounded to four significant digits, which people can read and type.
  ///
  /// - Parameter stream: the stream; one uniform number is drawn.
  /// - Returns: the value.
  func draw(from stream: RandomStream) -> SettingValue {
    let u = stream.uniform()
    switch kind {
    case .choices(let values): return values[min(Int(u * Double(values.count)), values.count - 1)]
    case .uniform(let low, let high):
      return .number(min(max(Self.rounded(low + u * (high - low)), low), high))
    case .logarithmic(let low, let high):
      let (bottom, top) = (logarithm(low), logarithm(high))
      return .number(min(max(Self.rounded(exponential(bottom + u * (top - bottom))), low), high))
    case .integer(let low, let high):
      return .integer(Int64(low + min(Int(u * Double(high - low + 1)), high - low)))
    }
  }

  /// The number next to x with four significant digits.
  private static func rounded(_ x: Double) -> Double {
    guard x != 0, x.isFinite else { return x }
    // Powers of ten up to 10²² are exact, and so is the whole number; one division rounds to the decimal number.
    var (scale, isLarge) = (1.0, false)
    if abs(x) < 1000 {
      while abs(x) * scale < 1000, scale < 1e22 { scale *= 10 }
    } else {
      isLarge = true
      while abs(x) / scale >= 10_000, scale < 1e22 { scale *= 10 }
    }
    return isLarge ? (x / scale).rounded() * scale : (x * scale).rounded() / scale
  }

  /// Values to try whether the setting accepts the range: its ends, and inside of a continuous one a number that is not whole.
  package var samples: [SettingValue] {
    switch kind {
    case .uniform(let low, let high), .logarithmic(let low, let high):
      ends + [.number(low + 0.3819660112501051 * (high - low))]
    case .choices, .integer: ends
    }
  }

  /// The choices, or the ends of the range.
  package var ends: [SettingValue] {
    switch kind {
    case .choices(let values): values
    case .uniform(let low, let high), .logarithmic(let low, let high): [.number(low), .number(high)]
    case .integer(let low, let high): [.integer(Int64(low)), .integer(Int64(high))]
    }
  }
}

extension SweepRange {
  /// The words for ranges in `[space]`.
  package static let kinds = ["choice", "uniform", "log", "integer"]

  /// Reads a range of `[space]`: an array of choices, or one of the kinds with its bounds.
  ///
  /// - Parameters:
  ///   - key: the key of the setting.
  ///   - kind: the name of the kind; nil for an array of choices.
  ///   - value: the choices or the bounds.
  ///   - file: the name of the file, for messages.
  /// - Throws: ``ExperimentError/usage(_:)``.
  init(_ key: String, kind: String?, _ value: SettingValue, _ file: String) throws(ExperimentError) {
    guard let kind, kind != "choice" else {
      self.init(key, .choices(try Self.list(value, of: key, file)))
      return
    }
    let bounds = value.list?.compactMap(\.double) ?? []
    guard bounds.count == 2, bounds[0] < bounds[1], bounds.allSatisfy(\.isFinite) else {
      throw .usage("\(file): \(key) takes \(kind) = [LOW, HIGH] with LOW below HIGH, not \(value.toml)")
    }
    switch kind {
    case "uniform": self.init(key, .uniform(bounds[0], bounds[1]))
    case "log":
      guard bounds[0] > 0 else {
        throw .usage("\(file): \(key) takes log = [LOW, HIGH] with LOW above 0, not \(value.toml)")
      }
      self.init(key, .logarithmic(bounds[0], bounds[1]))
    default:
      let whole = bounds.compactMap { abs($0) <= 0x1p53 ? Int(exactly: $0) : nil }
      guard whole.count == 2 else {
        throw .usage("\(file): \(key) takes integer = [LOW, HIGH] with whole numbers, not \(value.toml)")
      }
      self.init(key, .integer(whole[0], whole[1]))
    }
  }

  /// The values of an array, each once.
  static func list(_ value: SettingValue, of key: String, _ file: String) throws(ExperimentError)
    -> [SettingValue]
  {
    guard let list = value.list, !list.isEmpty else {
      throw .usage(
        "\(file): \(key) takes an array of values, not \(value.toml); a value that stays the same belongs into [settings]"
      )
    }
    let isTwice = { (one: SettingValue, k: Int) in
      list[..<k].contains { other in other == one || (one.double.map { $0 == other.double } ?? false) }
    }
    for (k, one) in list.enumerated() where isTwice(one, k) {
      throw .usage("\(file): \(key) has \(one.toml) twice")
    }
    return list
  }
}

extension SettingValue {
  /// The elements of an array; nil for another value.
  var list: [SettingValue]? {
    switch self {
    case .integers(let values): values.map { .integer($0) }
    case .texts(let values): values.map { .text($0) }
    case .array(let values): values
    default: nil
    }
  }

  /// The value as a number; nil for another value.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
