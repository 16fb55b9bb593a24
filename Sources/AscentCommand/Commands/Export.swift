internal import ArgumentParser
internal import AscentExperiments
internal import AscentExports
internal import AscentRegistries

/// `ascent export RUN`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the policy of a run for programs without Ascent.",
    discussion: """
      The formats:

      \(Registry.exportFormats.entries.map { "\($0.name)  \($0.help)" }.joined(separator: "\n"))

      Example: ascent export runs/demo --format onnx --out policy.onnx
      The environment is not needed (a run of release 0.1 needs it). docs/exports.md says what each format has.
      Exit codes: 0 done, 2 usage, 4 damaged run, 6 machine (see ascent help exit-codes).
      """)

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

  @Flag(help: "Also write the parameters of the distribution as an output, where the format can.")
  var withDistribution = false

  @Option(help: ArgumentHelp("The beginning of the names in a program.", valueName: "name"))
  var name = "policy"

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
    var request = ExportRequest(run, EvaluationPlan(host: host.host), out: out)
    (request.hasDistribution, request.name) = (withDistribution, name)
    let files = try entry.write(request)
    guard !output.json else {
      let line = JSON.object([
        ("event", .text("export")), ("format", .text(entry.name)), ("files", .array(files.map { .text($0) })),
      ])
      return Terminal.writeLine(line)
    }
    for file in files { Terminal.writeLine(file) }
  }
}
