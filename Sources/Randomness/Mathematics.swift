private import Glibc

// The C library's functions under full names, in one place: what differs between machines differs here.

func logarithm(_ x: Double) -> Double { log(x) }
func logarithm(onePlus x: Double) -> Double { log1p(x) }
func exponential(_ x: Double) -> Double { exp(x) }

/// log 2π.
let logTwoPi = 1.8378770664093454835606594728112
