internal import ArgumentParser

/// The options of `train` about where settings come from.
struct ResolutionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A hyperparameter file of rl-baselines3-zoo (ppo.yml, a2c.yml, trpo.yml, ppo_lstm.yml), whose entry of ENV, or the "
        + "named one, takes the place of a preset.",
      valueName: "file.yml[:entry]"), completion: .file(extensions: ["yml", "yaml"]))
  var zoo: String?

  @Flag(help: "Print the settings and where each came from, as TOML; nothing is run or written.")
  var dryRun = false
}
