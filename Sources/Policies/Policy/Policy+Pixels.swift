internal import AscentMathematics

// Observations that are pictures of bytes.
extension Policy {
  /// Evaluates the networks on bytes.
  ///
  /// The bits are those of ``forward(_:on:rows:_:along:in:)`` on these numbers as floats, without the memory for them.
  /// Only for a policy that ``readsPixels``. To differentiate afterwards, pass no observations.
  package func forward(
    _ θ: Parameters, onBytes observations: Span<UInt8>, rows: Int, _ parts: Parts,
    along sequences: Sequences? = nil, in workspace: inout Workspace
  ) {
    Require.that(readsPixels, "bytes are read only by a policy whose observations are one picture")
    let sequences = remembers ? sequences : nil
    prepare(θ, observations.count, rows, parts, sequences, in: &workspace)
    workspace.readsPixels = true
    if parts.contains(.actor) || architecture.critic == .shared {
      keep(observations, θ, in: &workspace.actor.layers[0].pixels)
    }
    if parts.contains(.critic), critic != nil {
      keep(observations, θ, in: &workspace.critic.layers[0].pixels)
    }
    evaluate(θ, Span(), sequences, in: &workspace)
  }

  /// Copies bytes to where the first layer reads them.
  private func keep(_ bytes: Span<UInt8>, _ θ: Parameters, in pixels: inout Pixels?) {
    var kept = pixels ?? Pixels()
    pixels = nil
    if kept.bytes.count < bytes.count { kept.bytes = Array(repeating: 0, count: bytes.count) }
    kept.bytes.withMutableSpan { target in for k in bytes.indices { target[k] = bytes[k] } }
    let count = standardizes ? standardRange.count : 0
    if kept.standard.count != count { kept.standard = Array(repeating: 0, count: count) }
    let standard = θ.values.span.extracting(standardRange.lowerBound..<standardRange.lowerBound + count)
    kept.standard.withMutableSpan { target in for k in standard.indices { target[k] = standard[k] } }
    kept.bound = inputBound
    pixels = kept
  }
}
