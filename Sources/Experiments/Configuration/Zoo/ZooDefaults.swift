/// What Stable-Baselines3 and the zoo do when an entry does not say it.
enum ZooDefaults {
  /// Where such settings come from.
  static let source = "Stable-Baselines3's default"

  /// The settings before those of an entry.
  static func of(_ method: ZooTranslation.Method) -> [(String, String)] {
    let common = [
      ("algorithm.name", method.algorithm), ("run.lanes", "1"), ("algorithm.gamma", "0.99"),
      ("algorithm.advantage_floor", "0"), ("normalize.observations", "none"), ("normalize.returns", "false"),
      ("policy.hidden", "64,64"), ("policy.activation", "tanh"), ("policy.initialization", "orthogonal"),
      ("policy.log_deviation", "0"), ("policy.distribution", "gaussian"),
      ("policy.action_units", "environment"),
      ("policy.trunk", "separate"), ("policy.head_gain", "0.01"),
    ]
    switch method {
    case .ppo:
      return common + clipped + [("rollout.steps", "2048"), ("algorithm.minibatch", "64")]
    case .recurrent:
      return common + clipped + [
        ("rollout.steps", "128"), ("algorithm.minibatch", "128"), ("policy.memory", "lstm"),
        ("policy.memory_size", "256"),
      ]
    case .a2c:
      return common + [
        ("rollout.steps", "5"), ("algorithm.rate", "0.0007"), ("algorithm.lambda", "1"),
        ("algorithm.optimizer", "rmsprop"), ("algorithm.optimizer_epsilon", "1e-5"),
        ("algorithm.entropy", "0"),
        ("algorithm.value_weight", "0.5"), ("algorithm.gradient_clip", "0.5"),
        ("algorithm.normalize_advantages", "none"),
      ]
    case .trpo:
      return common + [
        ("rollout.steps", "2048"), ("algorithm.critic_rate", "0.001"), ("algorithm.critic_minibatch", "128"),
        ("algorithm.critic_epochs", "10"), ("algorithm.lambda", "0.95"), ("algorithm.trust_region", "0.01"),
        ("algorithm.damping", "0.1"), ("algorithm.conjugate_steps", "15"),
        ("algorithm.line_search_steps", "10"),
        ("algorithm.line_search_factor", "0.8"), ("algorithm.normalize_advantages", "batch"),
      ]
    }
  }

  private static let clipped = [
    ("algorithm.rate", "0.0003"), ("algorithm.lambda", "0.95"), ("algorithm.epochs", "10"),
    ("algorithm.clip", "0.2"), ("algorithm.entropy", "0"), ("algorithm.value_weight", "0.5"),
    ("algorithm.gradient_clip", "0.5"), ("algorithm.normalize_advantages", "minibatch"),
    ("algorithm.optimizer_epsilon", "1e-5"),
  ]

  /// The settings that take the number of a key as it is.
  static func numbers(of method: ZooTranslation.Method) -> [String: String] {
    let common = [
      "n_timesteps": "run.steps", "n_envs": "run.lanes", "n_steps": "rollout.steps",
      "gamma": "algorithm.gamma",
      "gae_lambda": "algorithm.lambda",
    ]
    let own: [String: String] =
      switch method {
      case .trpo:
        [
          "batch_size": "algorithm.critic_minibatch", "n_critic_updates": "algorithm.critic_epochs",
          "target_kl": "algorithm.trust_region", "cg_damping": "algorithm.damping",
          "cg_max_steps": "algorithm.conjugate_steps", "line_search_max_iter": "algorithm.line_search_steps",
          "line_search_shrinking_factor": "algorithm.line_search_factor",
        ]
      case .a2c:
        [
          "ent_coef": "algorithm.entropy", "vf_coef": "algorithm.value_weight",
          "max_grad_norm": "algorithm.gradient_clip",
        ]
      case .ppo, .recurrent:
        [
          "ent_coef": "algorithm.entropy", "vf_coef": "algorithm.value_weight",
          "max_grad_norm": "algorithm.gradient_clip", "batch_size": "algorithm.minibatch",
          "n_epochs": "algorithm.epochs", "clip_range_vf": "algorithm.value_clip",
          "target_kl": "algorithm.target_kl",
        ]
      }
    return common.merging(own) { first, _ in first }
  }
}
