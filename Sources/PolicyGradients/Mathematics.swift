private import Glibc

// The C library's functions under full names, in one place: what differs between machines differs here.

func logarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }
