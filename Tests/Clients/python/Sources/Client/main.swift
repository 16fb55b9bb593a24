// A program that trains in Gymnasium's CartPole, and evaluates.
import Ascent

var settings = Configuration(environment: "CartPole-v1")
try settings.apply(preset: nil)
(settings.steps, settings.seed) = (20_000, 1)
let host = Host(PythonHosting(python: CommandLine.arguments[1]))
var training = try Training(settings, folder: RunFolder(CommandLine.arguments[2]), host: host)
let outcome = try training.run()
let evaluation = try Evaluation(
  of: training.folder, episodes: 20, isStochastic: false, EvaluationPlan(host: host))
print("bits \(outcome.bits), mean return \(evaluation.meanReturn)")
