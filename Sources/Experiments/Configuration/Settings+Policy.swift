internal import AscentPolicies
internal import AscentPolicyGradients

extension Configuration {
  /// `policy.*`.
  static let policySettings: [Setting] = [
    Setting(
      "policy.hidden", "The widths of the hidden layers; empty for none.",
      takes: "up to 16 widths from 1 to 8192, joined by commas"
    ) {
      .integers($0.network.hidden.map(Int64.init))
    } set: { configuration, value throws(Setting.Refusal) in
      let widths: [Int64]
      switch value {
      case .integers(let list): widths = list
      case .integer(let one): widths = [one]
      case .number, .flag, .text, .texts, .array, .table: throw Setting.Refusal()
      }
      guard widths.count <= 16, widths.allSatisfy({ (1...8192).contains($0) }) else {
        throw Setting.Refusal()
      }
      configuration.network.hidden = widths.map { Int($0) }
    },
    Setting(
      "policy.from", "The run whose policy is the initial one; empty for parameters drawn from the seed.",
      takes: "the folder of a run"
    ) {
      .text($0.beginFrom)
    } set: { configuration, value throws(Setting.Refusal) in
      guard case .text(let text) = value else { throw Setting.Refusal() }
      configuration.beginFrom = text
    },
    .choice("policy.activation", \.network.activation, "The function between layers."),
    .choice("policy.initialization", \.network.initialization, "The initial weights and biases."),
    Setting(
      "policy.convolutions",
      "Convolutional layers for images, without padding; beside an image, other features enter the first hidden layer.",
      takes: "nature, or convolutions such as 32x8/4 (filters x side / stride), joined by commas"
    ) {
      .texts($0.network.convolutions.map(\.typed))
    } set: { configuration, value throws(Setting.Refusal) in
      guard case .texts(var texts) = value else { throw Setting.Refusal() }
      if texts == ["nature"] { texts = Network.Convolution.nature.map(\.typed) }
      let layers = texts.compactMap { Network.Convolution(typed: $0) }
      guard layers.count == texts.count, layers.count <= 16 else { throw Setting.Refusal() }
      configuration.network.convolutions = layers
    },
    .choice(
      "policy.image_layout", \.imageLayout, "The order of the axes of pictures among the observations."),
    .choice("policy.trunk", \.trunk, "The layers that actor and critic share."),
    .entry(
      "policy.distribution", \.distribution, \.distributions,
      "The distribution of the numbers of a box; choices are categorical, and bits Bernoulli."),
    .choice(
      "policy.action_units", \.actionUnits,
      "The units of the numbers of a box that gaussian, network-gaussian and gsde draw."
    ).formerly(.text(ActionUnits.environment.rawValue)),
    .number(
      "policy.log_deviation", \.network.logDeviation,
      Setting.Numbers(words: "a number from -50 to 50") { abs($0) <= 50 },
      "The initial log σ, for distributions whose deviations are parameters."),
    .number(
      "policy.head_gain", \.network.headGain,
      Setting.Numbers(words: "a number above 0 and up to 100") { $0 > 0 && $0 <= 100 },
      "The gain of the actor's last layer if policy.initialization is orthogonal; small for nearly equal actions at first."
    ),
    .integer(
      "policy.exploration_steps", \.algorithm.explorationSteps, in: 0...1_000_000_000,
      "The number of steps after which gsde draws its noise matrix again; 0 for once per rollout.",
      unit: "steps"),
    Setting(
      "policy.memory", "The memory of the policy for earlier observations.",
      takes: "none, gru, lstm, or window=k, the last k observations, with k from 2 to 1024"
    ) {
      .text($0.memory.typed)
    } set: { configuration, value throws(Setting.Refusal) in
      guard let memory = Memory(typed: value.typed) else { throw Setting.Refusal() }
      configuration.memory = memory
    }.choosing { _ in
      [
        ("none", "nothing"), ("gru", "the state of a layer of gated recurrent units"),
        ("lstm", "the state of a layer of long short-term memories"), ("window=k", "the last k observations"),
      ]
    },
    .integer(
      "policy.memory_size", \.memorySize, in: 1...8192, "The number of units of a recurrent layer.",
      unit: "units"
    ),
  ]
}
