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

var hosting = PythonHosting()
hosting.adopts = true
var settings = Configuration(environment: "CartPole-v1")
try settings.apply(preset: nil)
(settings.steps, settings.seed) = (20_000, 1)
func train() throws {
  var training = try Training(settings, folder: RunFolder(CommandLine.arguments[2]), host: Host(hosting))
  for notice in training.notices { print("notice: \(notice)") }
  print("bits \(try training.run().bits)")
}
try train()
precondition(embedding_run("assert mine == 1; print('still mine')") == 0)
precondition(embedding_end() == 0)
