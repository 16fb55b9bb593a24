import AscentEnvironments
import AscentPolicies
import AscentPolicyGradients

extension Misuses {
  mutating func addEstimators() {
    type = "PolicyGradients"
    let all: [(String, any Estimator)] = [
      ("TotalReturn", TotalReturn()), ("RewardToGo", RewardToGo(discount: 0.9, isCountedFromBeginning: true)),
      ("MaximumLikelihood", MaximumLikelihood()), ("ImportanceSampling", ImportanceSampling()),
      ("PerDecisionImportanceSampling", PerDecisionImportanceSampling()),
      ("FirstOrderImportanceSampling", FirstOrderImportanceSampling()),
      ("AdvantageEstimator", GeneralizedAdvantage(discount: 1, decay: 1)),
      ("VTrace", VTrace(discount: 1, decay: 1)),
      ("Surrogate", ClippedSurrogate(of: GeneralizedAdvantage(discount: 1, decay: 1), clip: 0.2)),
    ]
    for (name, estimator) in all {
      let hasOwnWeights = !estimator.isOnPolicy
      let weights = hasOwnWeights ? "\(name).weights(of:into:)" : "OnPolicyEstimator.weights(of:into:)"
      let coefficients = name == "VTrace" || name == "Surrogate" ? "AdvantageEstimator" : name
      for count in [0, 2, 4] {
        add(
          [
            "\(coefficients).coefficients(of:into:)", "Estimator.coefficients(of:into:)",
            "Trajectory.init(rewards:logProbabilities:logRatios:end:lane:episode:)",
          ],
          "\(name): \(count) for 3 rewards", .stops("coefficients must have 3")
        ) {
          var (trajectory, c): (Trajectory, [Double]) = (Trajectory(rewards: .of(3)), .of(count))
          trajectory.values = .of(3)
          estimator.coefficients(of: trajectory, into: &c)
        }
        add(
          [weights, "Estimator.weights(of:into:)"], "\(name): \(count) for 3 rewards",
          .stops("weights must have 3")
        ) {
          var w: [Double] = .of(count)
          var span = w.mutableSpan
          estimator.weights(of: Trajectory(rewards: .of(3)), into: &span)
        }
      }
      add(
        "\(coefficients).coefficients(of:into:)", "\(name): two ratios for 3 rewards",
        .stops("logRatios must have 3")
      ) {
        var c: [Double] = .of(3)
        estimator.coefficients(of: Trajectory(rewards: .of(3), logRatios: .of(2)), into: &c)
      }
      let own = ["VTrace", "Surrogate", "ImportanceSampling", "MaximumLikelihood"].contains(name)
      let shared = estimator.isOnPolicy ? "OnPolicyEstimator" : "ImportanceWeighted"
      add(
        [
          "\(own ? name : shared).normalizer(of:)", "Estimator.normalizer(of:)",
          "OnPolicyEstimator.normalizer(of:)",
        ],
        "\(name): a trajectory without rewards", .returns
      ) { print(estimator.normalizer(of: Trajectory(logRatios: .of(3)))) }
    }
    addAdvantages()
    addBaselines()
  }

  private mutating func addAdvantages() {
    let gae = GeneralizedAdvantage(discount: 1, decay: 1)
    let all: [(String, String, any AdvantageEstimator)] = [
      ("GeneralizedAdvantage", "GeneralizedAdvantage", gae),
      ("VTrace", "VTrace", VTrace(discount: 1, decay: 1)),
      ("Surrogate", "RatioSurrogate", RatioSurrogate(of: gae)),
      ("Surrogate", "ClippedSurrogate", ClippedSurrogate(of: gae, clip: 1)),
    ]
    for (owner, name, estimator) in all {
      for (advantages, targets, values, words) in [
        (2, 3, 3, "advantages must have 3"), (3, 4, 3, "targets must have 3"),
        (3, 3, 2, "values must have 3"),
      ] {
        add(
          ["\(owner).estimate(_:advantages:targets:)", "AdvantageEstimator.estimate(_:advantages:targets:)"],
          "\(name): \(advantages), \(targets), \(values)", .stops(words)
        ) {
          var (a, t): ([Double], [Double]) = (.of(advantages), .of(targets))
          var trajectory = Trajectory(rewards: .of(3))
          trajectory.values = .of(values)
          var first = a.mutableSpan
          var second = t.mutableSpan
          estimator.estimate(trajectory, advantages: &first, targets: &second)
        }
      }
      for (ratios, coefficients, words) in [
        (2, 3, "ratios must have 3"), (3, 2, "coefficients must have at least 3"),
      ] {
        add(
          [
            "\(name).coefficients(_:ratios:remaining:into:)",
            "AdvantageEstimator.coefficients(_:ratios:remaining:into:)",
          ],
          "\(ratios), \(coefficients)", .stops(words)
        ) {
          let (a, ρ): ([Double], [Double]) = (.of(3), .of(ratios))
          var c: [Double] = .of(coefficients)
          var span = c.mutableSpan
          print(estimator.coefficients(a.span, ratios: ρ.span, remaining: 2, into: &span))
        }
      }
    }
    add(
      "ImportanceWeights.products(of:clip:shift:into:)", "two ratios for three weights",
      .stops("logRatios must have 3")
    ) {
      var w: [Double] = .of(3)
      var span = w.mutableSpan
      ImportanceWeights.products(of: .of(2), clip: -1, into: &span)
    }
    add(
      ["ImportanceWeights.logProduct(of:clip:)", "ImportanceWeights.effectiveSampleSize(logWeights:)"],
      "no weights",
      .returns
    ) {
      print(
        ImportanceWeights.logProduct(of: [], clip: -1), ImportanceWeights.effectiveSampleSize(logWeights: []))
    }
  }

  private mutating func addBaselines() {
    add(
      "BaselinePart.init(coefficients:weights:unit:)", "two weights for three", .stops("weights must have 3")
    ) {
      _ = BaselinePart(coefficients: .of(3), weights: .of(2))
    }
    add("BaselineCells.add(_:_:at:)", "cell −1", .stops("cell must be at least 0")) {
      var cells = BaselineCells()
      cells.add(1, 1, at: -1)
    }
    let scored: [(String, any Baseline)] = [
      ("OptimalBaseline", OptimalBaseline()), ("OptimalBaselinePerStep", OptimalBaselinePerStep()),
      ("PerComponentBaseline", PerComponentBaseline()),
    ]
    for (name, baseline) in scored {
      add(
        ["\(name).add(_:to:)", "Baseline.add(_:to:)", "BaselineCells.addScores(of:)"],
        "two norms for three products",
        .stops("scoreNorms must have 3")
      ) {
        var (part, cells) = (BaselinePart(), BaselineCells())
        (part.scoreProducts, part.scoreNorms) = (.of(3), .of(2))
        baseline.add(part, to: &cells)
      }
    }
    let means: [(String, any Baseline)] = [
      ("AverageBaseline", AverageBaseline()), ("TimeDependentBaseline", TimeDependentBaseline()),
    ]
    for (name, baseline) in means {
      add("\(name).add(_:to:)", "two weights for three coefficients", .stops("weights must have 3")) {
        var (part, cells) = (BaselinePart(coefficients: .of(3)), BaselineCells())
        part.weights = .of(2)
        baseline.add(part, to: &cells)
      }
    }
    add(
      ["LaneTree.sum(_:)", "Objective.init(returns:)", "ObjectiveEstimate.init(of:over:level:)"], "nothing",
      .returns
    ) {
      print(LaneTree.sum([]), Objective(returns: []), Objective(returns: [[], []]))
      print(ObjectiveEstimate(of: TotalReturn(), over: [], level: 7))
      print(ObjectiveEstimate(of: TotalReturn(), over: [Trajectory()], level: -1))
    }
    add("LaneTree.sum(_:adding:)", "leaves of other lengths", .stops("leaf must have 3")) {
      var leaves: [[Float]] = [.of(3), .of(2)]
      LaneTree.sum(&leaves) { x, y in ParameterUpdate.add(x, to: &y) }
    }
    for (count, column, words) in [
      (-1, 0, "number of columns"), (2, 2, "column must be"), (2, -1, "column must be"),
    ] {
      add(
        ["RunningMoments.init(columns:)", "RunningMoments.variance(_:)"], "column \(column) of \(count)",
        .stops(words)
      ) {
        print(RunningMoments(columns: count).variance(column))
      }
    }
  }
}
