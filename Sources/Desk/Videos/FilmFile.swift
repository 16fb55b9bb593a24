internal import AscentExperiments
internal import AscentPythonEnvironments
internal import FoundationEssentials
private import Glibc

/// The file of a film: ffmpeg writes it under a temporary name, and it gets its own when it is complete.
final class FilmFile {
  /// The form of a film, which the ending of its name says.
  enum Form: String {
    case mp4, gif

    /// - Throws: ``ExperimentError/usage(_:)`` for another ending.
    init(of path: String) throws(ExperimentError) {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let ending = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last ?? ""
      guard let form = Form(rawValue: ending.lowercased()) else {
        throw .usage("a film is an .mp4 or a .gif, not \(name): --video episode.mp4")
      }
      self = form
    }
  }

  private let path: String
  private let interpreter: Interpreter
  private var writer: AtomicFile.Writer
  private var isFinished = false

  /// Makes the temporary file.
  ///
  /// - Throws: ``ExperimentError`` when there is no such folder, or it cannot be written to.
  init(_ path: String, _ form: Form, _ interpreter: Interpreter) throws(ExperimentError) {
    (self.path, self.interpreter) = (path, interpreter)
    writer = try AtomicFile.Writer(path)
    guard let content = writer.contentFile else {
      throw .usage("\(path) is a device or a pipe; a film needs a file, since its beginning is written last")
    }
    _ = try interpreter.film("begin", [.text(content), .text(form.rawValue)])
  }

  deinit { if !isFinished { _ = try? interpreter.film("discard", []) } }

  /// Adds the picture that the environment of a lane draws now.
  func add(lane: Int, _ words: JSON) throws(ExperimentError) {
    _ = try answer(interpreter.film("add", [.integer(lane), words]))
  }

  /// Completes the film.
  func finish() throws(ExperimentError) -> Film.Numbers {
    let text = try answer(interpreter.film("finish", []))
    isFinished = true
    try writer.commit()
    guard let numbers = try? JSONDecoder().decode(Film.Numbers.self, from: Data(text.utf8)) else {
      throw .machine("the film \(path) has no numbers: \(text)")
    }
    return numbers
  }

  /// The answer of filming.py, unless it says why the film cannot be written.
  private func answer(_ text: String) throws(ExperimentError) -> String {
    guard text.hasPrefix("!") else { return text }
    let reason = text.dropFirst()
    for (words, number) in [("No space left", ENOSPC), ("File too large", EFBIG), ("Disk quota", EDQUOT)]
    where reason.contains(words) {
      throw .file(path: path, action: "write", number: number)
    }
    throw .machine("cannot write \(path): ffmpeg says: \(reason)")
  }
}
