package import AscentExperiments

/// A training of a sweep, a comparison or a tuning: one line of `ascent train`, in a folder of its own.
package struct Trial: Sendable {
  /// The name of its settings, and of the folder that has their seeds: `ppo-1`.
  package let group: String
  /// The seed.
  package let seed: UInt64
  /// The arguments of `ascent train` without the seed and the folder.
  package let arguments: [String]
  /// The run, if it is one that exists and has only to be evaluated.
  package let existing: RunFolder?

  /// Makes a trial.
  package init(group: String, seed: UInt64, arguments: [String]) {
    (self.group, self.seed, self.arguments, existing) = (group, seed, arguments, nil)
  }

  /// Makes a trial of a run that exists.
  package init(group: String, seed: UInt64, existing run: RunFolder) {
    (self.group, self.seed, existing) = (group, seed, run)
    arguments = ["evaluate", run.path, run.recordedFingerprint ?? ""]
  }

  /// The name of the trial and, in the folder of the sweep, of its run: `ppo-1/seed-3`.
  package var name: String { "\(group)/seed-\(seed)" }

  /// The files of settings that its training reads.
  package var files: [String] {
    arguments.indices.dropLast().filter { arguments[$0] == "--config" }.map { arguments[$0 + 1] }
  }

  /// The arguments that train it, the command first.
  package func training(in folder: String) -> [String] {
    ["train"] + arguments + ["--seed", String(seed), "--out", folder]
  }

  /// The line that trains it, for a shell.
  package func line(in folder: String) -> String { ShellWords.line(["ascent"] + training(in: folder)) }
}
