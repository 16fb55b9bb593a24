internal import ArgumentParser
internal import AscentExperiments
internal import AscentRegistries

/// The option for JSON output.
struct FormatOptions: ParsableArguments {
  @Flag(help: "Print one JSON object per line on standard output.")
  var json = false
}

/// The output options of commands that print progress or notices.
struct OutputOptions: ParsableArguments {
  @OptionGroup var format: FormatOptions

  @Flag(help: "Print no progress and no notices.")
  var quiet = false

  /// True if results are printed as JSON.
  var json: Bool { format.json }

  /// Prints a notice for the user on standard error, unless `--quiet` is given: one line, and below it a traceback.
  func notice(_ text: String, traceback: String = "") {
    if !quiet { warn(text, traceback: traceback) }
  }

  /// Prints what the user must know on standard error, also with `--quiet`.
  func warn(_ text: String, traceback: String = "") {
    Terminal.writeError("ascent: \(text.inOneLine)\n" + (traceback.isEmpty ? "" : traceback + "\n"))
  }
}
