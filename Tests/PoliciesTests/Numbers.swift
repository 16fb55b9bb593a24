/// Numbers in [−1, 1) that depend on `seed` alone.
func numbers(_ count: Int, _ seed: Int) -> [Float] {
  var x = UInt64(truncatingIfNeeded: seed &* 2_654_435_769 &+ 1)
  return (0..<count).map { _ in
    x = x &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int64(x >> 40) - 8_388_608) / 8_388_608
  }
}
