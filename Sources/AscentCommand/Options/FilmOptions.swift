internal import ArgumentParser
internal import AscentDesk
internal import AscentExperiments
internal import FoundationEssentials

/// The options of commands that show the episodes that they play.
struct FilmOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write a film of what is played, .mp4 or .gif: a picture before the first step and one after each.",
      valueName: "file"), completion: .file(extensions: ["mp4", "gif"]))
  var video: String?

  @Option(
    help: ArgumentHelp("Show what is played in a window: human.", valueName: "mode"),
    completion: .list(["human"]))
  var render: String?

  @Flag(
    help:
      "Draw below each picture what the policy says: the probability of each action, or mean and deviation, and the value."
  )
  var overlay = false

  /// The medium; nil if nothing is to be shown.
  func medium() throws(ExperimentError) -> Film.Medium? {
    guard let video else {
      guard let render else {
        guard !overlay else { throw .usage("--overlay draws into a film: add --video episode.mp4") }
        return nil
      }
      guard render == "human" else {
        throw .usage("--render takes human, a window, not '\(render)'; a film is --video episode.mp4")
      }
      guard !overlay else {
        throw .usage("--overlay draws into a film, not into a window: --video episode.mp4")
      }
      let variables = ProcessInfo.processInfo.environment
      let named = ["DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"]
      guard named.contains(where: { !(variables[$0] ?? "").isEmpty }) else {
        throw .usage(
          "there is no display for a window (neither DISPLAY nor WAYLAND_DISPLAY is set); write a film: --video episode.mp4"
        )
      }
      return .window
    }
    guard render == nil else {
      throw .usage("--render human and --video exclude each other; omit one of them")
    }
    return .file(video)
  }

  /// What a film is, as a line and as JSON; the file and its numbers.
  func line(_ numbers: Film.Numbers) -> String {
    let enlarged = numbers.factor > 1 ? ", enlarged \(numbers.factor) times" : ""
    return
      "video  \(video ?? "")  (\(Terminal.grouped(numbers.frames)) frames, \(numbers.width)×\(numbers.height)"
      + "\(enlarged), \(Terminal.short(numbers.rate)) a second)"
  }

  /// The entries of a film in a line of JSON.
  func entries(_ numbers: Film.Numbers?) -> [(String, JSON)] {
    guard let numbers else { return [] }
    return [
      ("video", .text(video ?? "")), ("frames", .integer(numbers.frames)), ("width", .integer(numbers.width)),
      ("height", .integer(numbers.height)), ("frames_per_second", .number(numbers.rate)),
    ]
  }

  /// A notice for a film in which nothing moves; nil for others.
  func notice(_ numbers: Film.Numbers?) -> String? {
    guard let numbers, numbers.frames > 1, numbers.distinct == 1 else { return nil }
    return
      "all \(numbers.frames) pictures of the film are equal: the environment's render() does not show its state"
  }
}
