public import AscentRegistries
internal import CAscentGSL

/// The random generators, by name: those of GSL, and Philox, which CGSL adds to them.
///
/// All of them produce full 32-bit words.
public enum RandomGenerator: String, CaseIterable, Sendable {
  /// Philox, counter-based: every stream can be opened without drawing the others (Salmon et al. 2011). The default.
  case philox = "philox4x32-10"
  /// Mersenne twister, GSL's default (Matsumoto and Nishimura 1998).
  case mt19937
  /// Three combined Tausworthe generators (L'Ecuyer 1999).
  case taus2
  /// RANLUX in double precision at luxury level 2 (Lüscher 1994).
  case ranlxd2

  /// The version of the GSL library that is linked.
  public static var libraryVersion: String { unsafe String(cString: cgsl_version()) }
}

extension RandomGenerator: NamedChoice {
  /// A one-line description.
  public var help: String {
    switch self {
    case .philox: "counter-based: any stream can be opened directly"
    case .mt19937: "Mersenne twister, GSL's own default"
    case .taus2: "three Tausworthe generators"
    case .ranlxd2: "RANLUX, double precision, luxury level 2"
    }
  }
}
