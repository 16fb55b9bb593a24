internal import ArgumentParser
internal import Experiments

/// Whether results are for people or for programs.
struct FormatOptions: ParsableArguments {
  @Flag(help: "Print one JSON object per line on standard output.")
  var json = false
}

/// How a command speaks that takes a while.
struct OutputOptions: ParsableArguments {
  @OptionGroup var format: FormatOptions

  @Flag(help: "Print no progress and no notices.")
  var quiet = false

  /// Whether results are for programs.
  var json: Bool { format.json }

  /// Says on standard error what a user should know, unless quiet.
  func notice(_ text: String) {
    if !quiet { Terminal.writeError("ascent: \(text)\n") }
  }
}
