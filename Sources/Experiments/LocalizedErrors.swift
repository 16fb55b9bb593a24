public import AscentEnvironments
public import AscentPolicies
public import AscentPolicyGradients
public import AscentRandomness
public import AscentRegistries
public import FoundationEssentials

// The errors of the floors below do without Foundation; here `error.localizedDescription` becomes their sentence.

extension CollectiveFailure: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension EmissionError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension EnvironmentError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension ExperimentError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension HostedError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension LanesError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension LearnerError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension NameTaken: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension PartialObservationError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension PolicyError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension ProcessError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension RandomnessError: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}

extension UnknownName: LocalizedError {
  /// The error's sentence.
  public var errorDescription: String? { description }
}
