import AscentPolicies
import AscentRandomness

extension Misuses {
  /// Architectures whose numbers are impossible.
  mutating func addArchitectures() {
    let make = [
      "Policy.init(featureSize:factors:maskSize:architecture:)",
      "Architecture.init(hidden:activation:critic:initialization:logDeviation:headGain:standardizes:inputs:convolutions:recurrence:)",
    ]
    func add(
      _ what: String, _ words: String, of others: [String] = [], _ architecture: Architecture,
      features: Int = 4
    ) {
      self.add(make + others, what, .fails(words)) {
        _ = try Policy(featureSize: features, factors: [.categorical(2)], architecture: architecture)
      }
    }
    for width in [0, -3, Int.max] {
      add("a layer of \(width)", "width of a layer", Architecture(hidden: [width]))
    }
    for features in [0, -1] {
      add("\(features) features", "width of a layer", Architecture(), features: features)
    }
    for units in [0, -1, Int.max] {
      add(
        "\(units) recurrent units", "number of recurrent units", of: ["Recurrence.init(_:size:)"],
        Architecture(recurrence: Recurrence(.gru, size: units)))
    }
    let image = "Network.Image.init(height:width:channels:planes:)"
    for (height, channels, planes, words) in [
      (0, 1, 1, "extent of an image"), (Int.max, 2, 1, "extent of an image"),
      (16_777_216, 16_777_216, 1, "number of pixels"),
      (2, -1, 1, "extent of an image"), (1, 2, 0, "number of planes"), (1, 3, 2, "number of planes"),
    ] {
      let input = Network.Input(
        .image(Network.Image(height: height, width: 2, channels: channels, planes: planes)))
      add(
        "an image of \(height)×2×\(channels), \(planes) planes", words, of: [image],
        Architecture(inputs: [input])
      )
    }
    let picture = Network.Input(.image(Network.Image(height: 2, width: 2, channels: 1)))
    for (filters, side, step, words) in [
      (0, 1, 1, "number of filters"), (1, 0, 1, "side of a convolution"), (1, 3, 1, "side of a convolution"),
      (1, 1, 0, "stride of a convolution"), (-1, -1, -1, "number of filters"),
      (Int.max, 1, 1, "number of filters"),
    ] {
      add(
        "a convolution of \(filters), \(side), \(step)", words,
        of: ["Network.Convolution.init(filters:side:stride:)"],
        Architecture(
          inputs: [picture], convolutions: [Network.Convolution(filters: filters, side: side, stride: step)]))
    }
    for (count, words) in [(3, "number of features of the inputs"), (-1, "number of features of an input")] {
      add("inputs of \(count) numbers", words, Architecture(inputs: [Network.Input(.numbers(count))]))
    }
    add("a NaN of the last layer's gain", "gain of the actor's last layer", Architecture(headGain: .nan))
    self.add(make, "a mask for another number of choices", .fails("number of mask values")) {
      _ = try Policy(featureSize: 2, factors: [.categorical(2)], maskSize: 3)
    }
    self.add(
      [
        "Policy.categorical(observationSize:actionCount:hidden:)",
        "Policy.gaussian(observationSize:actionSize:hidden:logDeviation:)",
      ],
      "no action", .fails("number of actions")
    ) {
      do { _ = try Policy.categorical(observationSize: 2, actionCount: 0) } catch { print(error) }
      _ = try Policy.gaussian(observationSize: 2, actionSize: -1)
    }
  }

  /// Results of a forward pass.
  mutating func addReading() {
    type = "Policies.Policy"
    let read: [(String, String, (Policy, Workspace, inout MutableSpan<Double>) throws -> Void)] = [
      (
        "readLogProbabilities(of:in:into:)", "log-probabilities",
        { policy, workspace, span in
          let actions: [Float] = .of(3 * policy.actionSize)
          policy.readLogProbabilities(of: actions.span, in: workspace, into: &span)
        }
      ),
      (
        "readEntropies(in:into:)", "entropies",
        { policy, workspace, span in
          policy.readEntropies(in: workspace, into: &span)
        }
      ),
      (
        "readValues(in:into:)", "values",
        { policy, workspace, span in policy.readValues(in: workspace, into: &span) }
      ),
      (
        "readDivergences(from:in:into:)", "divergences",
        { policy, workspace, span in
          policy.readDivergences(from: policy.snapshot(of: workspace), in: workspace, into: &span)
        }
      ),
    ]
    for (function, words, call) in read {
      for name in ["affine", "lstm"] {
        add(function, "\(name): room for two of three rows", .stops("\(words) must have at least 3")) {
          var scene = try Self.scene(name)
          scene.forward()
          var few: [Double] = .of(2)
          var span = few.mutableSpan
          try call(scene.policy, scene.workspace, &span)
        }
        add(
          [function, "snapshot(of:)"], "\(name): the workspace of another policy",
          .stops("workspace must be one")
        ) {
          let scene = try Self.scene(name)
          var full: [Double] = .of(3)
          var span = full.mutableSpan
          try call(scene.policy, try Self.scene("exploring").policy.makeWorkspace(rows: 3), &span)
        }
      }
    }
    add("readValues(in:into:)", "a policy without a critic", .stops("values need a policy with a critic")) {
      var scene = try Self.scene("masked")
      scene.forward()
      var values: [Double] = .of(3)
      var span = values.mutableSpan
      scene.policy.readValues(in: scene.workspace, into: &span)
    }
    add("readValues(in:into:)", "a pass over the actor alone", .stops("must be that of a forward pass")) {
      var scene = try Self.scene("affine")
      scene.forward(.actor)
      var values: [Double] = .of(3)
      var span = values.mutableSpan
      scene.policy.readValues(in: scene.workspace, into: &span)
    }
    add(
      "readLogProbabilities(of:in:into:)", "actions of two of three rows",
      .stops("actions must have at least 3")
    ) {
      var scene = try Self.scene("affine")
      scene.forward()
      var logs: [Double] = .of(3)
      let actions: [Float] = .of(2)
      var span = logs.mutableSpan
      scene.policy.readLogProbabilities(of: actions.span, in: scene.workspace, into: &span)
    }
    add("readDivergences(from:in:into:)", "a snapshot of fewer rows", .stops("snapshot must have")) {
      var (few, many) = (try Scene(try Self.scene("affine").policy, rows: 2), try Self.scene("affine"))
      few.forward()
      many.forward()
      var divergences: [Double] = .of(3)
      var span = divergences.mutableSpan
      many.policy.readDivergences(
        from: many.policy.snapshot(of: few.workspace), in: many.workspace, into: &span)
    }
    addWholeCalls()
    for count in [0, 2] {
      add("apply(_:into:)", "\(count) of three numbers", .stops("action must have")) {
        let (drawn, policy): ([Float], Policy) = (.of(count), try Self.scene("exploring").policy)
        var applied: [Float] = .of(3)
        var span = applied.mutableSpan
        policy.apply(drawn.span, into: &span)
      }
      add("apply(_:into:)", "room for \(count) of three numbers", .stops("applied action must have")) {
        let (drawn, policy): ([Float], Policy) = (.of(3), try Self.scene("exploring").policy)
        var applied: [Float] = .of(count)
        var span = applied.mutableSpan
        policy.apply(drawn.span, into: &span)
      }
    }
    add(["rows(atMost:)", "makeWorkspace(rows:)"], "negative numbers of rows", .returns) {
      let policy = try Self.scene("affine").policy
      print(policy.rows(atMost: -5))
      _ = policy.makeWorkspace(rows: -5)
    }
  }

  private mutating func addWholeCalls() {
    add(
      "logProbabilities(_:of:on:along:in:into:)", "room for two of three rows",
      .stops("log-probabilities must")
    ) {
      var (scene, few): (Scene, [Double]) = (try Self.scene("affine"), .of(2))
      let (o, a, θ, policy) = (scene.observations, scene.actions, scene.θ, scene.policy)
      policy.logProbabilities(θ, of: a.span, on: o.span, in: &scene.workspace, into: &few)
    }
    add(
      "logProbabilities(_:of:on:along:in:into:)", "actions of two of three rows",
      .stops("observations must have 8")
    ) {
      var (scene, logs): (Scene, [Double]) = (try Self.scene("affine"), .of(3))
      let (o, θ, policy) = (scene.observations, scene.θ, scene.policy)
      let few: [Float] = .of(2)
      policy.logProbabilities(θ, of: few.span, on: o.span, in: &scene.workspace, into: &logs)
    }
    add(
      "entropies(_:on:along:in:into:)", "room for two of three rows", .stops("entropies must have at least 3")
    ) {
      var (scene, few): (Scene, [Double]) = (try Self.scene("affine"), .of(2))
      let (o, θ, policy) = (scene.observations, scene.θ, scene.policy)
      policy.entropies(θ, on: o.span, in: &scene.workspace, into: &few)
    }
    add("entropies(_:on:along:in:into:)", "a part of a row", .stops("observations must have 8")) {
      var (scene, entropies): (Scene, [Double]) = (try Self.scene("affine"), .of(3))
      let (θ, policy, o): (Parameters, Policy, [Float]) = (scene.θ, scene.policy, .of(11))
      policy.entropies(θ, on: o.span, in: &scene.workspace, into: &entropies)
    }
    add("values(_:on:along:in:into:)", "room for two of three rows", .stops("values must have at least 3")) {
      var (scene, few): (Scene, [Double]) = (try Self.scene("affine"), .of(2))
      let (o, θ, policy) = (scene.observations, scene.θ, scene.policy)
      policy.values(θ, on: o.span, in: &scene.workspace, into: &few)
    }
    add(
      "values(_:on:along:in:into:)", "a recurrent policy without sequences", .stops("sequences of the rows")
    ) {
      var (scene, values): (Scene, [Double]) = (try Self.scene("gru"), .of(3))
      let (o, θ, policy) = (scene.observations, scene.θ, scene.policy)
      policy.values(θ, on: o.span, in: &scene.workspace, into: &values)
    }
  }
}
