public import AscentExperiments
public import AscentRegistries

/// A form in which a policy can be used without Ascent.
///
/// A format is one file of this folder with its entry, and a line in `Registry/exportFormats`.
public struct ExportFormat: RegistryEntry {
  /// The name in `ascent export --format`.
  public let name: String
  /// A description in one line.
  public let help: String
  /// The options that apply to the format.
  public let options: Set<Option>
  /// Writes the policy of a run and returns the paths of the files that were written.
  public let write: @Sendable (ExportRequest) throws(ExperimentError) -> [String]

  /// The options that only some formats have.
  public enum Option: String, Sendable {
    /// The parameters of the distribution are outputs, too.
    case distribution = "--with-distribution"
    /// The beginning of the names in a program.
    case name = "--name"
  }

  /// Makes an entry.
  public init(
    _ name: String, help: String, options: Set<Option> = [],
    write: @escaping @Sendable (ExportRequest) throws(ExperimentError) -> [String]
  ) {
    (self.name, self.help, self.options, self.write) = (name, help, options, write)
  }
}

/// A policy to write, and where.
public struct ExportRequest {
  /// The run that has the policy.
  public var run: RunFolder
  /// The host of the run's environment.
  public var plan: EvaluationPlan
  /// The file, or for a format of several files the folder or the first of them.
  public var out: String
  /// True if the parameters of the distribution are outputs, too.
  public var hasDistribution = false
  /// The beginning of the names in a program.
  public var name = "policy"

  /// Makes a request.
  public init(_ run: RunFolder, _ plan: EvaluationPlan, out: String) {
    (self.run, self.plan, self.out) = (run, plan, out)
  }
}

extension ExportRequest {
  /// The description and the arrays of the policy, which agree, are whole, and have finite numbers only.
  ///
  /// - Throws: `ExperimentError` if not, and for a run without a policy.
  func source() throws(ExperimentError) -> (description: PolicyDescription, arrays: Safetensors) {
    try run.checkPolicy()
    let description = try PolicyDescription(of: run, plan)
    _ = try SavedPolicy(description, in: run, plan.host.catalog)
    return (description, try PolicyDescription.arrays(of: run))
  }
}

extension Registry<ExportFormat> {
  /// The formats of `ascent export`.
  public static let exportFormats = Registry(
    of: "format",
    [
      .onnx,
      .c,
      .numpy,
      .torch,
    ])
}
