public import Environments
public import Policies

extension ActionBounds {
  /// The action that the environment receives for one that a policy drew.
  public func hold(_ policy: Policy, _ drawn: Span<Float>, into applied: inout [Float]) {
    var span = applied.mutableSpan
    policy.apply(drawn, into: &span)
    hold(&span)
  }
}
