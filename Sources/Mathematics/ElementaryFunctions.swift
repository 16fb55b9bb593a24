private import Glibc

// The C library's functions under full names. No other module calls the C library's own, so differences between
// machines are confined to this file.

/// The natural logarithm of x.
package func logarithm(_ x: Double) -> Double { log(x) }

/// log(1 + x), accurate for small x.
package func logarithm(onePlus x: Double) -> Double { log1p(x) }

/// eˣ.
package func exponential(_ x: Double) -> Double { exp(x) }

/// The sine of x radians.
package func sine(_ x: Double) -> Double { sin(x) }

/// The cosine of x radians.
package func cosine(_ x: Double) -> Double { cos(x) }

/// tanh x.
package func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// The logistic function, 1 / (1 + e⁻ˣ).
package func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// log(1 + eˣ), without overflow.
package func softplus(_ x: Double) -> Double { x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)) }

/// log 2π.
package let logTwoPi = 1.8378770664093454835606594728112
