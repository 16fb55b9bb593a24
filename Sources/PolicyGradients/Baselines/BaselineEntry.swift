public import AscentRegistries

/// A baseline with its name and properties.
public struct BaselineEntry: RegistryEntry, Equatable {
  /// The name in `algorithm.baseline`.
  public let name: String
  /// A one-line description.
  public let help: String
  /// Its effect on the expectation of an unbiased estimate.
  public let bias: Bias
  /// True if one constant is subtracted from all coefficients; normalizing the coefficients cancels it.
  public let isConstant: Bool
  /// The source of the baseline.
  public let rule: Rule

  /// The effect of a baseline on the expectation of an unbiased estimate.
  public enum Bias: Sendable, Equatable {
    /// No effect.
    case none
    /// A factor of (N − 1)/N if all steps of a trajectory share a coefficient; otherwise no formula is known.
    case ownShare
    /// No formula is known.
    case unknown
  }

  /// The source of a baseline.
  public enum Rule: Sendable {
    /// No baseline.
    case none
    /// A baseline that is computed from the trajectories.
    case trajectories(@Sendable () -> any Baseline)
    /// V(o), learned together with the policy.
    case value
  }

  /// Makes an entry.
  public init(_ name: String, help: String, bias: Bias, isConstant: Bool, rule: Rule) {
    (self.name, self.help, self.bias, self.isConstant, self.rule) = (name, help, bias, isConstant, rule)
  }

  /// Makes the baseline if it is computed from the trajectories; nil otherwise.
  public func make() -> (any Baseline)? {
    if case .trajectories(let make) = rule { make() } else { nil }
  }

  /// True if the baseline is the critic's value.
  public var isValue: Bool {
    if case .value = rule { true } else { false }
  }

  /// True if both entries have the same name.
  public static func == (a: BaselineEntry, b: BaselineEntry) -> Bool { a.name == b.name }

  /// No baseline.
  public static let none = BaselineEntry(
    "none", help: "nothing is subtracted", bias: .none, isConstant: false, rule: .none)

  /// V(o), learned together with the policy.
  public static let value = BaselineEntry(
    "value", help: "V(o) of a critic that is fitted to the returns", bias: .none, isConstant: false,
    rule: .value)
}

extension Registry<BaselineEntry> {
  /// The baselines of this library.
  public static let baselines = Registry(
    of: "baseline",
    [
      .none,
      .average,
      .leaveOneOut,
      .timeDependent,
      .optimal,
      .optimalLeaveOneOut,
      .optimalPerStep,
      .optimalPerComponent,
      .value,
    ])
}
