internal import CGSL
public import Registries

/// GSL's generators by name.
///
/// All deliver full 32-bit words.
public enum RandomGenerator: String, CaseIterable, Sendable {
  /// Counter-based (Salmon et al. 2011): any stream is there at once. The default.
  case philox = "philox4x32-10"
  /// Matsumoto and Nishimura 1998, GSL's own default.
  case mt19937
  /// L'Ecuyer 1999, three Tausworthe generators.
  case taus2
  /// Lüscher 1994, double precision, luxury level 2.
  case ranlxd2

  /// The version of the GSL behind them.
  public static var libraryVersion: String { unsafe String(cString: cgsl_version()) }
}

extension RandomGenerator: NamedChoice {
  /// What it is, in one line.
  public var help: String {
    switch self {
    case .philox: "counter-based: every stream is there at once"
    case .mt19937: "Mersenne twister, GSL's own default"
    case .taus2: "three Tausworthe generators"
    case .ranlxd2: "double precision, of luxury level 2"
    }
  }
}
