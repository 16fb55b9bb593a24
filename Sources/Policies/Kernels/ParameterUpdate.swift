internal import AscentMathematics
internal import CAscentKernels

/// Updates of flat parameter vectors.
///
/// A gradient and its moments are equally long, and not longer than the parameters; those behind its end stay unchanged.
public enum ParameterUpdate {
  /// y ← y + x, for the first elements of y, which has at least as many as x.
  public static func add(_ x: Span<Float>, to y: inout MutableSpan<Float>) {
    let count = x.count
    Require.count(y.count, of: "sum", atLeast: count, "one for each that is added")
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        unsafe ckernels_add(.automatic, count, x, y)
      }
    }
  }

  /// θ ← θ + α ĝ.
  public static func ascend(_ θ: inout MutableSpan<Float>, along gradient: Span<Float>, rate: Float) {
    let count = gradient.count
    Require.count(θ.count, of: "parameters", atLeast: count, "one for each of the gradient")
    unsafe gradient.withUnsafeBufferPointer { g in
      unsafe θ.withUnsafeMutableBufferPointer { θ in
        guard let g = g.baseAddress, let θ = θ.baseAddress else { return }
        unsafe ckernels_ascend(.automatic, count, rate, g, θ)
      }
    }
  }

  /// The numbers of Adam.
  public struct AdamRule: Sendable {
    /// α, the rate.
    public var rate: Double
    /// The decays of the two moments.
    public var β1, β2: Double
    /// The number that is added to the root.
    public var ε: Double
    /// The decay of the parameters, in units of α.
    public var decay: Double

    /// Takes the numbers.
    public init(rate: Double, β1: Double, β2: Double, ε: Double, decay: Double) {
      (self.rate, self.β1, self.β2, self.ε, self.decay) = (rate, β1, β2, ε, decay)
    }
  }

  /// One ascent step of Adam (Kingma and Ba 2015, algorithm 1); `step` counts from 1.
  public static func adam(
    _ θ: inout MutableSpan<Float>, along gradient: Span<Float>, firstMoment: inout MutableSpan<Float>,
    secondMoment: inout MutableSpan<Float>, by rule: AdamRule, step: Int
  ) {
    let count = gradient.count
    Require.count(θ.count, of: "parameters", atLeast: count, "one for each of the gradient")
    Require.count(firstMoment.count, of: "first moment", is: count, "one for each of the gradient")
    Require.count(secondMoment.count, of: "second moment", is: count, "one for each of the gradient")
    unsafe gradient.withUnsafeBufferPointer { g in
      unsafe firstMoment.withUnsafeMutableBufferPointer { m in
        unsafe secondMoment.withUnsafeMutableBufferPointer { v in
          unsafe θ.withUnsafeMutableBufferPointer { θ in
            guard let g = g.baseAddress, let m = m.baseAddress, let v = v.baseAddress,
              let θ = θ.baseAddress
            else { return }
            unsafe ckernels_adam(
              .automatic, count, rule.rate, rule.β1, rule.β2, rule.ε, rule.decay, UInt64(max(1, step)), g, m,
              v, θ)
          }
        }
      }
    }
  }

  /// One ascent step of RMSProp: v ← β v + (1 − β) ĝ², θ ← θ + α ĝ / √(v + ε).
  public static func rmsProp(
    _ θ: inout MutableSpan<Float>, along gradient: Span<Float>, secondMoment: inout MutableSpan<Float>,
    rate: Double, β: Double, ε: Double
  ) {
    let count = gradient.count
    Require.count(θ.count, of: "parameters", atLeast: count, "one for each of the gradient")
    Require.count(secondMoment.count, of: "second moment", is: count, "one for each of the gradient")
    unsafe gradient.withUnsafeBufferPointer { g in
      unsafe secondMoment.withUnsafeMutableBufferPointer { v in
        unsafe θ.withUnsafeMutableBufferPointer { θ in
          guard let g = g.baseAddress, let v = v.baseAddress, let θ = θ.baseAddress else { return }
          unsafe ckernels_rmsprop(.automatic, count, rate, β, ε, g, v, θ)
        }
      }
    }
  }

  /// One ascent step with heavy-ball momentum: m ← β m + ĝ, θ ← θ + α m.
  public static func momentum(
    _ θ: inout MutableSpan<Float>, along gradient: Span<Float>, moment: inout MutableSpan<Float>,
    rate: Double, momentum: Double
  ) {
    let count = gradient.count
    Require.count(θ.count, of: "parameters", atLeast: count, "one for each of the gradient")
    Require.count(moment.count, of: "moment", is: count, "one for each of the gradient")
    unsafe gradient.withUnsafeBufferPointer { g in
      unsafe moment.withUnsafeMutableBufferPointer { m in
        unsafe θ.withUnsafeMutableBufferPointer { θ in
          guard let g = g.baseAddress, let m = m.baseAddress, let θ = θ.baseAddress else { return }
          unsafe ckernels_momentum(.automatic, count, rate, momentum, g, m, θ)
        }
      }
    }
  }

  /// x ← factor x.
  public static func scale(_ x: inout MutableSpan<Float>, by factor: Float) {
    let count = x.count
    unsafe x.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      unsafe ckernels_scale(.automatic, count, factor, x)
    }
  }

  /// Σ x² in double precision, summed in the same order on every path.
  public static func squareNorm(_ x: Span<Float>) -> Double {
    unsafe x.withUnsafeBufferPointer { buffer in
      guard let x = buffer.baseAddress else { return 0 }
      return unsafe ckernels_square_norm(.automatic, buffer.count, x)
    }
  }

  /// Σ x y in double precision, summed in the same order on every path.
  public static func dot(_ x: Span<Float>, _ y: Span<Float>) -> Double {
    let count = x.count
    Require.count(y.count, of: "second vector", is: count, "one for each of the first")
    return unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return 0 }
        return unsafe ckernels_dot(.automatic, count, x, y)
      }
    }
  }
}
