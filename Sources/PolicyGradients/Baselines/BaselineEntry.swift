public import Registries

/// A baseline under its name, with what follows from it.
public struct BaselineEntry: RegistryEntry, Equatable {
  /// The name in `algorithm.baseline`.
  public let name: String
  /// What it is, in one line.
  public let help: String
  /// What it does to the expectation of an unbiased estimate.
  public let bias: Bias
  /// Whether it subtracts one constant from all coefficients, which normalizing these would undo.
  public let isConstant: Bool
  /// How it is made.
  public let rule: Rule

  /// What a baseline does to the expectation of an unbiased estimate.
  public enum Bias: Sendable, Equatable {
    /// Nothing.
    case none
    /// Where all steps of a trajectory share a coefficient: multiplies it by (N − 1)/N. Elsewhere no formula is known.
    case ownShare
    /// No formula is known.
    case unknown
  }

  /// How a baseline is made.
  public enum Rule: Sendable {
    /// There is none.
    case none
    /// From the trajectories themselves.
    case trajectories(@Sendable () -> any Baseline)
    /// V(o), learned along with the policy.
    case value
  }

  /// Makes an entry.
  public init(_ name: String, help: String, bias: Bias, isConstant: Bool, rule: Rule) {
    (self.name, self.help, self.bias, self.isConstant, self.rule) = (name, help, bias, isConstant, rule)
  }

  /// The baseline that is made of the trajectories, or nil.
  public func make() -> (any Baseline)? {
    if case .trajectories(let make) = rule { make() } else { nil }
  }

  /// Whether it is the critic's value.
  public var isValue: Bool {
    if case .value = rule { true } else { false }
  }

  /// Whether two entries have the same name.
  public static func == (a: BaselineEntry, b: BaselineEntry) -> Bool { a.name == b.name }

  /// No baseline.
  public static let none = BaselineEntry(
    "none", help: "nothing is subtracted", bias: .none, isConstant: false, rule: .none)

  /// V(o), learned along with the policy.
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
