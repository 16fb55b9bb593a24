internal import ArgumentParser
internal import AscentExperiments
internal import AscentExports
internal import AscentRegistries

/// `ascent export RUN`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Write the policy of a run for programs without Ascent.",
    """
    The formats:

    \(Registry.exportFormats.entries.map { "  \($0.name)  \($0.help)" }.joined(separator: "\n"))

    The environment is not needed (a run of release 0.1 needs it). docs/exports.md says what each format has.
    """,
    examples: [
      "export runs/demo --format onnx --out policy.onnx",
      "export runs/demo --format c --name pole --out pole.c",
    ], codes: [.damaged, .machine])

  @Argument(
    help: ArgumentHelp("The folder of a training run.", valueName: "run"), completion: Completions.runs)
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The format: \(Registry.exportFormats.names.joined(separator: ", ")).", valueName: "name"),
    completion: .list(Registry.exportFormats.names))
  var format: String

  @Option(
    help: ArgumentHelp("The file to write; for numpy and torch, the folder.", valueName: "file"),
    completion: .file())
  var out: String

  @Flag(help: "For onnx: the parameters of the distribution are an output, too.")
  var withDistribution = false

  @Option(
    help: ArgumentHelp("For c: the beginning of the names in a program. [default: policy]", valueName: "name")
  )
  var name: String?

  @OptionGroup var host: HostOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let entry: ExportFormat
    do {
      entry = try Registry.exportFormats.entry(named: format)
    } catch {
      throw ExperimentError.usage("\(error)")
    }
    let run = RunFolder(folder)
    guard run.containsRun else {
      throw ExperimentError.usage("\(folder) is not the folder of a run: it has no run.toml")
    }
    let given: [(ExportFormat.Option, isGiven: Bool)] = [
      (.distribution, withDistribution), (.name, name != nil),
    ]
    for (option, isGiven) in given where isGiven && !entry.options.contains(option) {
      throw ExperimentError.usage("\(option.rawValue) does not apply to --format \(entry.name)")
    }
    var request = ExportRequest(run, EvaluationPlan(host: host.host), out: out)
    (request.hasDistribution, request.name) = (withDistribution, name ?? request.name)
    let files = try entry.write(request)
    if let notice = run.policyNotice(AscentProgram.catalog) { output.notice(notice) }
    guard !output.json else {
      let line = JSON.object([
        ("event", .text("export")), ("format", .text(entry.name)), ("files", .array(files.map { .text($0) })),
      ])
      return Terminal.writeLine(line)
    }
    for file in files { Terminal.writeLine(file) }
  }
}
