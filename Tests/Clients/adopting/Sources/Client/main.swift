// A program that has started Python by itself, and trains in it.
import Ascent
import CEmbedding

embedding_start(CommandLine.arguments[1])
precondition(embedding_run("import gymnasium; mine = 1") == 0)

do {
  _ = try Interpreter.start(.locate(explicit: CommandLine.arguments[1], environment: [:], folders: []))
  preconditionFailure("a second interpreter has started")
} catch {
  precondition("\(error)".contains("Interpreter.adopt()"), "\(error)")
}

/// Trains in the Python that this program started.
func train() throws {
  var (hosting, settings) = (PythonHosting(), Configuration(environment: "CartPole-v1"))
  hosting.adopts = true
  try settings.apply(preset: nil)
  (settings.steps, settings.seed) = (20_000, 1)
  var training = try Training(
    settings, folder: RunFolder(CommandLine.arguments[2]), host: Host(hosting, catalog: .standard))
  for notice in training.notices { print("notice: \(notice)") }
  print("bits \(try training.run().bits)")
}
try train()
precondition(embedding_run("assert mine == 1; print('still mine')") == 0)
precondition(embedding_end() == 0)
