private import CAscentMath

// CMath's functions under full names. No module calls the C library's own, whose last bits depend on the processor;
// Scripts/symbols.py looks at the symbols of every object file.

/// The natural logarithm of x.
package func logarithm(_ x: Double) -> Double { cmath_log(x) }

/// log(1 + x), accurate for small x.
package func logarithm(onePlus x: Double) -> Double { cmath_log1p(x) }

/// eˣ.
package func exponential(_ x: Double) -> Double { cmath_exp(x) }

/// The sine of x radians.
package func sine(_ x: Double) -> Double { cmath_sin(x) }

/// The cosine of x radians.
package func cosine(_ x: Double) -> Double { cmath_cos(x) }

/// tanh x.
package func hyperbolicTangent(_ x: Double) -> Double { cmath_tanh(x) }

/// The logistic function, 1 / (1 + e⁻ˣ).
package func logistic(_ x: Double) -> Double { 1 / (1 + cmath_exp(-x)) }

/// log(1 + eˣ), without overflow.
package func softplus(_ x: Double) -> Double {
  x > 0 ? x + cmath_log1p(cmath_exp(-x)) : cmath_log1p(cmath_exp(x))
}

/// log 2π.
package let logTwoPi = 1.8378770664093454835606594728112
