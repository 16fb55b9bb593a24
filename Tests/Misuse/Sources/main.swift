// Calls every public function that takes arrays, counts or indices with arguments that do not fit.
//
//     AscentMisuse            lists the calls: index, ending, functions, what does not fit, separated by tabs
//     AscentMisuse N          makes call N: exit code 0 if it returns, 3 with the error's sentence if it throws
//     AscentMisuse random S   makes a call of sizes that are drawn from the seed S: prints if they fit, then calls
//
// misuse.py runs each call in a process of its own.

var misuses = Misuses()
misuses.addBasics()
misuses.addSpaces()
misuses.addEnvironments()
misuses.addLanes()
misuses.addProcesses()
misuses.addFamilies()
misuses.addUpdates()
misuses.addPolicies()
misuses.addReading()
misuses.addMemories()
misuses.addEstimators()
misuses.addExact()
misuses.addSampling()
misuses.addLearners()

let arguments = CommandLine.arguments.dropFirst()
if let first = arguments.first {
  do {
    if first == "random", let seed = arguments.dropFirst().first.flatMap({ UInt64($0) }) {
      try callAtRandom(seed)
    } else if let index = Int(first), misuses.all.indices.contains(index) {
      try misuses.all[index].call()
    }
  } catch {
    print("thrown: \(error)")
    exitWithError()
  }
} else {
  for (index, misuse) in misuses.all.enumerated() {
    let (ending, words) =
      switch misuse.ending {
      case .stops(let words): ("stops", words)
      case .fails(let words): ("fails", words)
      case .returns: ("returns", "")
      }
    print(index, ending, words, misuse.functions.joined(separator: " "), misuse.what, separator: "\t")
  }
}
