internal import ArgumentParser
internal import AscentDesk
internal import AscentExperiments

/// `ascent report RUN`.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Write one page about a run, or about a folder of runs: curves, returns, settings, and how to make them again.",
    """
    The page is one file of HTML that opens from the disk, needs no network and runs no code. Videos in the folders of \
    runs (.mp4, .webm, .gif) become part of it, as far as it stays below 5 MB.
    """,
    examples: ["report runs/demo", "report runs --out sweep.html"], codes: [.damaged, .machine])

  @Argument(
    help: ArgumentHelp("A run, or a folder of runs.", valueName: "run"), completion: Completions.runs)
  var path: String

  @Option(
    help: ArgumentHelp("The file to write. [default: report.html in that folder]", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var out: String?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let file = out ?? (path.hasSuffix("/") ? path : path + "/") + "report.html"
    guard [".html", ".htm"].contains(where: { file.lowercased().hasSuffix($0) }) else {
      throw ExperimentError.usage("\(file) should end with .html, so that a browser opens it")
    }
    if out != nil { try Plot.checkFolder(of: file) }
    let report = try AscentDesk.Report(path, AscentProgram.catalog)
    try RunFolder.checkFree(file)
    for notice in report.notices { output.notice(notice) }
    let page = report.page
    try AtomicFile.write(page, to: file)
    guard output.json else { return Terminal.writeLine(file) }
    Terminal.writeLine(
      .object([
        ("event", .text("report")), ("file", .text(file)), ("runs", .integer(report.runs.count)),
        ("bytes", .integer(page.utf8.count)),
      ]))
  }
}
