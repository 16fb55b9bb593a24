private import Glibc

// The C library's functions under full names, in one place: what differs between machines differs here.

func logarithm(onePlus x: Double) -> Double { log1p(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// 1 / (1 + e⁻ˣ).
func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// log(1 + eˣ).
func softplus(_ x: Double) -> Double { x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)) }

/// log 2π.
let logTwoPi = 1.8378770664093454835606594728112
