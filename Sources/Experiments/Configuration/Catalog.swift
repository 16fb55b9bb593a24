public import AscentEnvironments
public import AscentPolicies
public import AscentPolicyGradients
public import AscentRegistries

/// The entries that a configuration can name: one registry for each kind.
///
/// A program adds its own entries to a copy of ``standard``, and passes it to configurations or to the command line.
public struct Catalog: Sendable {
  /// `native:NAME`.
  public var environments = Registry<NativeEnvironment>.environments
  /// `environment.emission`.
  public var emissions = Registry<EmissionEntry>.emissions
  /// `algorithm.name`.
  public var algorithms = Registry<AlgorithmSettings>.algorithms
  /// `algorithm.estimator`.
  public var estimators = Registry<EstimatorEntry>.estimators
  /// `algorithm.baseline`.
  public var baselines = Registry<BaselineEntry>.baselines
  /// `algorithm.surrogate`.
  public var surrogates = Registry<SurrogateEntry>.surrogates
  /// `algorithm.optimizer`.
  public var optimizers = Registry<OptimizerEntry>.optimizers
  /// `policy.distribution`.
  public var distributions = Registry<BoxDistribution>.distributions

  /// The entries of this library.
  public static let standard = Catalog()

  private init() {}
}
