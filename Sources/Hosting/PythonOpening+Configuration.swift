internal import AscentExperiments
internal import AscentPythonEnvironments

extension PythonOpening {
  /// The opening of a configuration's hosted environment.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when the emissions are in the wrong order, or the name has a zero, where C
  ///   would end it: the environment of a part of the name is another one.
  init(_ reference: String, _ configuration: Configuration) throws(ExperimentError) {
    guard !reference.utf8.contains(0) else {
      throw .usage("there is no environment \(reference): a name has no character \\x00")
    }
    self.init(
      configuration.located(reference),
      arguments: PythonValue.entries(of: configuration.constructorArguments),
      wrappers: configuration.wrappers.map {
        Wrapper(configuration.located($0.reference), arguments: PythonValue.entries(of: $0.arguments))
      },
      register: configuration.register.map { configuration.located($0) },
      emissions: try configuration.emissions.hosted().map { configuration.located($0) },
      masksActions: configuration.masksActions)
  }
}

extension PythonValue {
  /// The entries of a table, for Python.
  fileprivate static func entries(of values: NamedValues) -> [Entry] {
    values.entries.map { Entry($0.name, PythonValue($0.value)) }
  }

  /// The value of a setting, for Python.
  private init(_ value: SettingValue) {
    self =
      switch value {
      case .integer(let value): .integer(value)
      case .number(let value): .number(value)
      case .flag(let value): .boolean(value)
      case .text(let value): .text(value)
      case .integers(let values): .list(values.map { .integer($0) })
      case .texts(let values): .list(values.map { .text($0) })
      case .array(let values): .list(values.map { PythonValue($0) })
      case .table(let values): .dictionary(Self.entries(of: values))
      }
  }
}
