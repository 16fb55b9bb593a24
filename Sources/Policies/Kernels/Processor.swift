internal import CAscentKernels

/// The processor and the C library, as far as the arithmetic of environments depends on them.
///
/// Ascent's own numbers do not: the kernels give the same bits on every path. But NumPy, MuJoCo and the C library choose
/// among functions by the features of the processor.
public enum Processor {
  private static let features: [(bit: Int, name: String)] = [
    (ckernels_feature_avx, "AVX"), (ckernels_feature_avx2, "AVX2"), (ckernels_feature_fma, "FMA"),
    (ckernels_feature_fma4, "FMA4"), (ckernels_feature_avx512f, "AVX512F"),
  ]

  private static func names(_ found: UInt32) -> [String] {
    features.filter { Int(found) & $0.bit != 0 }.map(\.name)
  }

  /// The class of the processor: vendor, level of x86-64 and features, such as
  /// `GenuineIntel x86-64-v3 (AVX, AVX2, FMA)`.
  public static var current: String {
    let found = ckernels_processor_features()
    var vendor = ""
    for part in 0..<3 {
      let word = ckernels_processor_vendor(Int32(part))
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
      vendor += String(decoding: bytes.filter { $0 > 32 && $0 < 127 }, as: UTF8.self)
    }
    guard !vendor.isEmpty else { return "of another architecture than x86-64" }
    let levels = [(ckernels_feature_v4, "-v4"), (ckernels_feature_v3, "-v3"), (ckernels_feature_v2, "-v2")]
    let level = levels.first { Int(found) & $0.0 != 0 }?.1 ?? ""
    return "\(vendor) x86-64\(level)" + list(names(found))
  }

  /// The C library, whose mathematical functions Python uses, and the features that it chooses them by, such as
  /// `glibc 2.36 (AVX, AVX2, FMA)`; `GLIBC_TUNABLES` can mask features.
  public static var cLibrary: String {
    let (version, found) = (ckernels_libc_version(), ckernels_libc_features())
    let masked = names(ckernels_processor_features() & ~found)
    return "glibc \(version / 1000).\(version % 1000)" + list(names(found))
      + (masked.isEmpty ? "" : " without \(masked.joined(separator: ", "))")
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "" : " (\(names.joined(separator: ", ")))"
  }
}
