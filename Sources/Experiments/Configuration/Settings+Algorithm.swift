internal import AscentPolicyGradients

extension Configuration {
  /// `algorithm.*`, `rollout.*` and `normalize.*`.
  static let algorithmSettings: [Setting] = [
    .entry(
      "algorithm.name", \.algorithm, \.algorithms, "The named algorithm, which sets all keys of this table."),
    .entry(
      "algorithm.estimator", \.algorithm.estimator, \.estimators,
      "The rule for the coefficients that multiply ∇log π; one of whole episodes sets normalize.returns = false."
    ).adjusting { if !$0.algorithm.usesAdvantages { $0.algorithm.rewards.normalizesReturns = false } },
    .entry(
      "algorithm.baseline", \.algorithm.baseline, \.baselines,
      "The baseline that is subtracted from the coefficients."),
    .choice("algorithm.update", \.algorithm.update, "The kind of update of the actor."),
    .entry(
      "algorithm.surrogate", \.algorithm.surrogate, \.surrogates,
      "The correction of advantages for steps that were sampled with an older policy."),
    .number("algorithm.gamma", \.algorithm.estimation.gamma, .unitInterval, "γ, the discount of rewards."),
    .number(
      "algorithm.lambda", \.algorithm.estimation.lambda, .unitInterval,
      "λ, how far advantages look ahead: 0 for one step, 1 for the whole rollout."),
    .number(
      "algorithm.weight_clip", \.algorithm.estimation.weightClip, .zero("for no clip"),
      "The largest importance weight that is used; for v-trace the largest ratio."),
    .integer(
      "algorithm.epochs", \.algorithm.minibatches.epochs, in: 1...1000,
      "The number of passes over a rollout.", unit: "passes"),
    .flag(
      "algorithm.recompute_advantages", \.algorithm.minibatches.recomputesAdvantages,
      "True: advantages are estimated anew, with the current values, before each pass."),
    .integer(
      "algorithm.minibatch", \.algorithm.minibatches.size, in: 0...1_000_000_000,
      "The number of steps in a minibatch; 0 for the whole rollout.", unit: "steps"),
    .choice(
      "algorithm.normalize_advantages", \.algorithm.minibatches.normalization,
      "The steps over which advantages are normalized to mean 0 and standard deviation 1."),
    .number(
      "algorithm.advantage_floor", \.algorithm.minibatches.advantageFloor, .zero("for none"),
      "The least number that normalized advantages are divided by; all are 0 until two returns differ.",
      unit: "jumps of the discounted return"
    ).formerly(.number(0)),
    .number(
      "algorithm.clip", \.algorithm.estimation.clip, .positive,
      "ε: the clipped surrogate ignores ratios beyond 1 ± ε."),
    .choice("algorithm.clip_schedule", \.algorithm.estimation.clipSchedule, "The schedule of ε."),
    .number(
      "algorithm.target_kl", \.algorithm.minibatches.targetDivergence, .zero("for none"),
      "The passes over a rollout end early when the divergence exceeds 1.5 times this.", unit: "nats"),
    .number(
      "algorithm.entropy", \.algorithm.minibatches.entropy.weight, .zero("for none"),
      "The weight of the policy's entropy in the objective."),
    .choice(
      "algorithm.entropy_schedule", \.algorithm.minibatches.entropy.schedule,
      "The schedule of the entropy's weight."),
    .entry(
      "algorithm.optimizer", \.algorithm.optimizer, \.optimizers,
      "The rule that turns a gradient into a step."),
    .number("algorithm.rate", \.algorithm.optimization.rate, .rate, "α, the optimizer's learning rate."),
    .choice("algorithm.rate_schedule", \.algorithm.rateSchedule, "The schedule of α."),
    .number(
      "algorithm.optimizer_epsilon", \.algorithm.optimization.epsilon, .positive,
      "The number that the optimizer adds to its denominator."),
    .number(
      "algorithm.weight_decay", \.algorithm.optimization.weightDecay, .zero("for none"),
      "The weight decay of adamw and lion: each step shrinks the parameters by α times this."),
    .number(
      "algorithm.gradient_clip", \.algorithm.minibatches.gradientClip, .zero("for none"),
      "The largest Euclidean norm of a gradient; longer ones are scaled down to it."),
    .number(
      "algorithm.value_weight", \.algorithm.value.weight, .zero("for none"),
      "The weight of the critic's squared error, where actor and critic are learned together."),
    .number(
      "algorithm.value_clip", \.algorithm.value.clip, .zero("for none"),
      "The largest change of V in an iteration; beyond it, its error is clipped.", unit: "units of the return"
    ),
    .integer(
      "algorithm.critic_epochs", \.algorithm.critic.epochs, in: 0...1000,
      "The number of passes in which the critic is fitted by itself; 0 to train it with the actor.",
      unit: "passes"
    ),
    .integer(
      "algorithm.critic_minibatch", \.algorithm.critic.minibatch, in: 0...1_000_000_000,
      "The number of steps in the critic's own minibatches; 0 for the whole rollout.", unit: "steps"),
    .number(
      "algorithm.critic_rate", \.algorithm.critic.rate, .rate, "The learning rate of the critic's own Adam."),
    .number(
      "algorithm.trust_region", \.algorithm.natural.trustRegion, .positive,
      "δ, the largest divergence of the policy in one natural step.", unit: "nats"),
    .number(
      "algorithm.damping", \.algorithm.natural.damping, .zero("for none"),
      "The number that is added to the diagonal of the Fisher matrix."),
    .integer(
      "algorithm.conjugate_steps", \.algorithm.natural.conjugateSteps, in: 1...1000,
      "The most steps of the conjugate gradient.", unit: "steps"),
    .integer(
      "algorithm.line_search_steps", \.algorithm.natural.lineSearchSteps, in: 1...1000,
      "The largest number of shorter steps that the line search tries.", unit: "tries"),
    .number(
      "algorithm.line_search_factor", \.algorithm.natural.lineSearchFactor,
      Setting.Numbers(words: "a number above 0 and below 1") { $0 > 0 && $0 < 1 },
      "The factor by which the line search shortens a step that left the trust region or lowered the surrogate."
    ),
    .integer(
      "algorithm.sequence", \.algorithm.truncation.length, in: 0...1_000_000,
      "The most steps through which the gradient of a recurrent policy goes back; 0 for whole episodes.",
      unit: "steps"),
    .integer(
      "algorithm.burn_in", \.algorithm.truncation.burnIn, in: 0...1_000_000,
      "The number of steps before each sequence that are evaluated again to compute its initial state.",
      unit: "steps"),
    .integer(
      "rollout.steps", \.algorithm.stepsPerLane, in: 1...1_000_000,
      "The steps of each lane in an iteration; algorithms that use whole episodes also finish the current one.",
      unit: "steps"),
    .choice(
      "normalize.observations", \.algorithm.standardization,
      "The features that are standardized by their running mean and standard deviation, and clamped to ± 10.",
      former: (true: .all, false: .none)),
    .flag(
      "normalize.returns", \.algorithm.rewards.normalizesReturns,
      "True: rewards are divided by the running standard deviation of the discounted return."),
    .number(
      "normalize.reward_clip", \.algorithm.rewards.clip, .zero("for none"),
      "Rewards are clamped to ± this before learning.", unit: "units of the reward"),
  ]
}
