internal import ArgumentParser
internal import AscentDesk
internal import AscentExperiments
internal import AscentRegistries

/// `ascent plot RUN…`.
struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Draw learning curves over seeds, with 95 % bootstrap intervals, in the terminal or as a picture.",
    """
    RUN is a run, or a folder with runs in it. Runs that differ only in their seeds are one curve. Environments have \
    axes of their own; curves are told apart by the algorithm and by each setting that differs, or by those of \
    --group-by. Without --out the curves are drawn in the terminal, which needs no matplotlib.
    """,
    examples: [
      "plot runs", "plot runs/ppo-1 runs/ppo-2 --y entropy", "plot runs --out curves.svg",
      "plot runs --group-by algorithm.rate --x seconds",
    ], codes: [.damaged, .machine])

  @Argument(
    help: ArgumentHelp("Runs, or folders of runs.", valueName: "run"), completion: Completions.runs)
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "The horizontal axis: \(CurveAxis.allCases.map(\.rawValue).joined(separator: " or ")).",
      valueName: "axis"),
    completion: .list(CurveAxis.allCases.map(\.rawValue)))
  var x = CurveAxis.steps.rawValue

  @Option(
    help: ArgumentHelp(
      "The column of metrics.csv (see ascent help metrics), or evaluation. and a column of evaluations.csv.",
      valueName: "column"),
    completion: .list(Metrics.columns.map(\.name) + [LearningCurve.Request.prefix + "mean_return"]))
  var y = "mean_return"

  @Option(
    help: ArgumentHelp("The picture to write: a .png, .svg or .pdf, with matplotlib.", valueName: "file"),
    completion: .file(extensions: Picture.Format.allCases.map(\.rawValue)))
  var out: String?

  @Flag(help: "Draw with characters; without --out that is the default.")
  var terminal = false

  @Option(
    help: ArgumentHelp(
      "The settings that tell curves apart, joined by commas: keys of run.toml, algorithm, environment, or run for "
        + "each run by itself. [default: all that differ]", valueName: "keys"),
    completion: .list(["algorithm", "environment", "run"] + Configuration.settings.map(\.key)))
  var groupBy: String?

  @Option(
    help: ArgumentHelp(
      "The center of a group: \(CurveCenter.allCases.map { "\($0.rawValue), \($0.help)" }.joined(separator: "; or ")).",
      valueName: "name"), completion: .list(CurveCenter.allCases.map(\.rawValue)))
  var center = CurveCenter.mean.rawValue

  @OptionGroup var python: PackageOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    var request = LearningCurve.Request(named: y)
    request.axis = try Self.choice(x, of: "--x")
    request.center = try Self.choice(center, of: "--center")
    let format = try out.map { path in
      let format = try Picture.Format(of: path)
      try RunFolder.checkFree(path)
      try Self.checkFolder(of: path)
      return format
    }
    let found = try RunSearch(paths, AscentProgram.catalog)
    let keys = groupBy?.split(separator: ",").map(String.init)
    guard keys != [] else {
      throw ExperimentError.usage("--group-by takes keys, such as algorithm.rate, or run")
    }
    let grouping = try RunGroup.groups(of: found.runs, by: keys)
    let made = try LearningCurve.of(grouping.groups, request)
    let picture = try Picture(made.curves, request, by: grouping.keys)
    for notice in found.notices + grouping.notices + made.notices { output.notice(notice) }
    if let out, let format {
      try AtomicFile.write(picture.drawn(as: format, python.hosting, AscentProgram.catalog), to: out)
    }
    show(picture)
  }

  private func show(_ picture: Picture) {
    if output.json {
      for curve in picture.curves { Terminal.writeLine(line(of: curve)) }
      return Terminal.writeLine(
        .object([
          ("event", .text("plot")), ("file", out.map { .text($0) } ?? .null),
          ("curves", .integer(picture.curves.count)),
          ("runs", .integer(picture.curves.reduce(0) { $0 + $1.runs.count })),
        ]))
    }
    if terminal || out == nil { draw(picture) }
    if let out { Terminal.writeLine(out) }
  }

  private func draw(_ picture: Picture) {
    let style = Terminal.plotStyle
    let (dot, fields) = (style.isUnicode ? "·" : "-", picture.fields)
    for (number, field) in fields.enumerated() {
      if number > 0 { Terminal.writeLine("") }
      let plot = CharacterPlot(field.curves, style)
      for line in Terminal.wrapped(
        "\(picture.title) against \(picture.request.axis.title) \(dot) \(field.name.inOneLine)",
        indent: "")
      {
        Terminal.writeLine(line)
      }
      for line in plot.lines + plot.legend { Terminal.writeLine(spans: line, isColored: style.isColored) }
    }
    for line in Terminal.wrapped(picture.caption, indent: "") { Terminal.writeLine(line) }
  }

  private func line(of curve: LearningCurve) -> JSON {
    let numbers = { (values: [Double]) in JSON.array(values.map { .number($0) }) }
    return .object([
      ("event", .text("curve")), ("environment", .text(curve.group.environment)),
      ("label", .text(curve.group.label)),
      ("settings", .object(curve.group.settings.map { ($0.key, .text($0.value)) })),
      ("runs", .array(curve.group.runs.map { .text($0.folder.path) })),
      ("seeds", .array(curve.group.runs.map { .unsigned($0.configuration.seed) })),
      ("axis", .text(x)), ("column", .text(y)), ("center", .text(center)), ("x", numbers(curve.x)),
      ("y", numbers(curve.center)), ("low", curve.band.map { numbers($0.low) } ?? .null),
      ("high", curve.band.map { numbers($0.high) } ?? .null),
    ])
  }

  private static func choice<Choice: NamedChoice>(
    _ name: String, of option: String
  ) throws(ExperimentError) -> Choice {
    if let choice = Choice(rawValue: name) { return choice }
    let names = Choice.allCases.map(\.rawValue).joined(separator: " or ")
    throw .usage("\(option) takes \(names), not '\(name)'")
  }

  /// Checks that the folder of a file to write exists, before anything is computed.
  static func checkFolder(of path: String) throws(ExperimentError) {
    let folder = FilePlace.folder(of: path)
    guard FilePlace.status(folder) == nil else { return }
    throw .usage(
      "there is no folder \(folder) for \(path); make it with mkdir -p \(folder), or name another file")
  }
}
