import AscentPolicies
import AscentRandomness

/// A policy for tests of sizes, its parameters, and what a call of it needs for some rows.
struct Scene {
  let policy: Policy
  let θ: Parameters
  var workspace: Workspace
  var observations: [Float]
  var actions: [Float]
  var sequences: Sequences?
  let rows: Int

  init(_ policy: Policy, rows: Int = 3) throws {
    (self.policy, self.rows) = (policy, rows)
    θ = policy.initialParameters(from: try stream())
    workspace = policy.makeWorkspace(rows: 1)
    observations = .of(rows * policy.observationSize)
    actions = .of(rows * policy.actionSize)
    guard policy.remembers else { return }
    sequences = Sequences(stateSize: policy.stateSize)
    sequences?.append(rows: rows)
  }

  /// Evaluates all rows.
  mutating func forward(_ parts: Policy.Parts = [.actor, .critic]) {
    let given = observations
    policy.forward(θ, on: given.span, rows: rows, parts, along: sequences, in: &workspace)
  }
}

/// The kinds of policies, with different layers.
func policies() throws -> [(String, Policy)] {
  let image = Network.Input(.image(Network.Image(height: 4, width: 5, channels: 2, planes: 2)), scale: 0.5)
  let index = Network.Input(.index(count: 7))
  func make(
    _ features: Int, _ architecture: Architecture, _ families: [any ActionFamily] = [.categorical(3)],
    mask: Int = 0
  )
    throws -> Policy
  { try Policy(featureSize: features, factors: families, maskSize: mask, architecture: architecture) }
  return [
    ("affine", try make(4, Architecture(hidden: [5], critic: .separate))),
    (
      "shared", try make(4, Architecture(hidden: [5], activation: .gelu, critic: .shared, standardizes: true))
    ),
    ("masked", try make(4, Architecture(hidden: []), mask: 3)),
    (
      "exploring",
      try make(4, Architecture(hidden: [5], critic: .separate), [.gaussian(2, .exploring), .bernoulli(1)])
    ),
    (
      "images",
      try make(
        42,
        Architecture(
          hidden: [5], critic: .separate, inputs: [image, index, Network.Input(.numbers(1))],
          convolutions: [Network.Convolution(filters: 3, side: 2, stride: 2)]))
    ),
    ("indices", try make(1, Architecture(hidden: [5], inputs: [index]))),
    ("gru", try make(4, Architecture(hidden: [5], critic: .separate, recurrence: Recurrence(.gru, size: 3)))),
    ("lstm", try make(4, Architecture(hidden: [5], critic: .shared, recurrence: Recurrence(.lstm, size: 3)))),
  ].map { $0 }
}

extension Misuses {
  mutating func addUpdates() {
    type = "Policies.ParameterUpdate"
    add("add(_:to:)", "a shorter sum", .stops("sum must have at least 5")) {
      var y: [Float] = .of(4)
      let x: [Float] = .of(5)
      var span = y.mutableSpan
      ParameterUpdate.add(x.span, to: &span)
    }
    add(["scale(_:by:)", "squareNorm(_:)"], "no numbers", .returns) {
      var x: [Float] = []
      var span = x.mutableSpan
      ParameterUpdate.scale(&span, by: 2)
      print(ParameterUpdate.squareNorm(x.span))
    }
    add("dot(_:_:)", "vectors of other lengths", .stops("second vector must have 5")) {
      let (x, y): ([Float], [Float]) = (.of(5), .of(6))
      print(ParameterUpdate.dot(x.span, y.span))
    }
    for (θ, m, v, words) in [
      (4, 5, 5, "parameters must have at least 5"), (5, 4, 5, "moment must have 5"),
      (5, 5, 4, "second moment must have 5"),
      (5, 6, 5, "moment must have 5"),
    ] {
      add("adam(_:along:firstMoment:secondMoment:by:step:)", "\(θ), \(m), \(v) for 5", .stops(words)) {
        Self.update(θ, m, v) { θ, g, m, v in
          let rule = ParameterUpdate.AdamRule(rate: 1, β1: 0, β2: 0, ε: 1, decay: 0)
          ParameterUpdate.adam(&θ, along: g, firstMoment: &m, secondMoment: &v, by: rule, step: -1)
        }
      }
      if m == 5 {
        add("rmsProp(_:along:secondMoment:rate:β:ε:)", "\(θ), \(v) for 5", .stops(words)) {
          Self.update(θ, m, v) { θ, g, _, v in
            ParameterUpdate.rmsProp(&θ, along: g, secondMoment: &v, rate: 1, β: 0, ε: 1)
          }
        }
      }
      if v == 5 {
        add("momentum(_:along:moment:rate:momentum:)", "\(θ), \(m) for 5", .stops(words)) {
          Self.update(θ, m, v) { θ, g, m, _ in
            ParameterUpdate.momentum(&θ, along: g, moment: &m, rate: 1, momentum: 0)
          }
        }
      }
      if θ == 4 {
        add("ascend(_:along:rate:)", "4 for 5", .stops(words)) {
          Self.update(θ, m, v) { θ, g, _, _ in ParameterUpdate.ascend(&θ, along: g, rate: 1) }
        }
      }
    }
  }

  /// Calls `body` with spans of these counts and a gradient of five numbers.
  private static func update(
    _ θ: Int, _ m: Int, _ v: Int,
    _ body: (inout MutableSpan<Float>, Span<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>) ->
      Void
  ) {
    var (parameters, first, second): ([Float], [Float], [Float]) = (.of(θ), .of(m), .of(v))
    let gradient: [Float] = .of(5)
    var a = parameters.mutableSpan
    var b = first.mutableSpan
    var c = second.mutableSpan
    body(&a, gradient.span, &b, &c)
  }

  mutating func addPolicies() {
    type = "Policies"
    addArchitectures()
    let forward = "Policy.forward(_:on:rows:_:along:in:)"
    let gradient = "Policy.accumulateGradient(_:of:on:weights:in:into:)"
    let fisher = "Policy.accumulateFisherProduct(_:along:on:times:in:into:)"
    let act = "Policy.act(_:for:drawing:in:)"
    for name in ["affine", "shared", "masked", "exploring", "images", "indices", "gru", "lstm"] {
      for change in [-1, 1] {
        add(forward, "\(name): \(change) numbers of the observations", .stops("observations must have")) {
          var scene = try Self.scene(name)
          scene.observations = .of(scene.observations.count + change)
          scene.forward()
        }
        add(forward, "\(name): \(change) parameters", .stops("parameters must have")) {
          var scene = try Self.scene(name)
          var θ = scene.θ
          θ.values = .of(θ.values.count + change)
          let (policy, given) = (scene.policy, scene.observations)
          policy.forward(
            θ, on: given.span, rows: 3, .actor, along: scene.sequences, in: &scene.workspace)
        }
        add(gradient, "\(name): \(change) numbers of the observations", .stops("observations must have")) {
          try Self.differentiate(name) { $0.observations = .of($0.observations.count + change) }
        }
        add(gradient, "\(name): \(change) numbers of the actions", .stops("actions must have")) {
          try Self.differentiate(name) { $0.actions = .of($0.actions.count + change) }
        }
      }
      add(forward, "\(name): −1 rows", .stops("number of rows must be at least 0")) {
        var scene = try Self.scene(name)
        let (policy, own, given) = (scene.policy, scene.θ, scene.observations)
        policy.forward(own, on: given.span, rows: -1, .actor, in: &scene.workspace)
      }
      add(
        forward, "\(name): the workspace of another policy", .stops("workspace must be one that this policy")
      ) {
        var scene = try Self.scene(name)
        scene.workspace = try Self.scene(name == "gru" ? "lstm" : "gru").policy.makeWorkspace(rows: 100)
        scene.forward()
      }
      add(gradient, "\(name): a short gradient", .stops("gradient must have at least")) {
        try Self.differentiate(name, gradient: -1)
      }
      add(
        gradient, "\(name): a weight for two of three rows",
        .stops("weights of the scores must have at least 3")
      ) {
        try Self.differentiate(name, weights: 2)
      }
      for (v, product, words) in [(-1, 0, "direction must have"), (0, -1, "product must have")] {
        add(fisher, "\(name): \(words)", .stops(words)) {
          var scene = try Self.scene(name)
          scene.forward()
          let count = scene.policy.actorRange.upperBound
          let (direction, θ): ([Float], Parameters) = (.of(count + v), scene.θ)
          var sum: [Float] = .of(count + product)
          var span = sum.mutableSpan
          let (policy, given) = (scene.policy, scene.observations)
          policy.accumulateFisherProduct(
            θ, along: direction.span, on: given.span, times: 1, in: &scene.workspace, into: &span
          )
        }
      }
      add(fisher, "\(name): without a forward pass", .stops("workspace must be that of a forward pass")) {
        var scene = try Self.scene(name)
        var sum: [Float] = .of(scene.θ.values.count)
        var span = sum.mutableSpan
        let none: [Float] = []
        let (policy, own) = (scene.policy, scene.θ)
        policy.accumulateFisherProduct(
          own, along: own.values.span, on: none.span, times: 1, in: &scene.workspace, into: &span)
      }
      addActing(name, act)
    }
    for index in [Float(-2), 7, 1e9, Float.nan, -Float.infinity] {
      add(
        forward, "images: the index \(index) of seven",
        index < 0 ? .returns : .stops("index of an observation")
      ) {
        var scene = try Self.scene("images")
        scene.observations[40] = index
        scene.forward()
      }
      add(gradient, "indices: the index \(index) of seven", .returns) {
        try Self.differentiate("indices") { $0.observations[0] = index }
      }
    }
    for action in [-1, 3, 1e9, Float.nan] {
      add(gradient, "affine: the choice \(action) of three", .stops("action must be a choice")) {
        try Self.differentiate("affine") { $0.actions[0] = action }
      }
    }
    add(forward, "gru: no sequences", .stops("sequences of the rows")) {
      var scene = try Self.scene("gru")
      scene.sequences = nil
      scene.forward()
    }
    add(forward, "gru: sequences of other states", .stops("states of the sequences must have")) {
      var scene = try Self.scene("gru")
      scene.sequences = Sequences(stateSize: 1)
      scene.sequences?.append(rows: 3)
      scene.forward()
    }
  }

  private mutating func addActing(_ name: String, _ act: String) {
    func acting(
      _ lanes: [Int], streams: Int? = 2,
      _ change: @escaping (inout Acting, Policy) throws -> Void = { _, _ in }
    ) -> () throws -> Void {
      {
        let scene = try Self.scene(name)
        var acting = Acting(scene.policy, laneCount: 2)
        try change(&acting, scene.policy)
        let all = try streams.map { try (0..<$0).map { try stream(lane: $0) } }
        for _ in 0..<2 { scene.policy.act(scene.θ, for: lanes, drawing: all, in: &acting) }
      }
    }
    add(
      act, "\(name): three rows for buffers of two", .stops("buffers for acting must have at least 3"),
      acting([0, 1, 0]))
    add(act, "\(name): lane 2 of two", .stops("lane must be from 0 to 1"), acting([2]))
    add(act, "\(name): lane −1", .stops("lane must be from 0"), acting([-1]))
    add(
      act, "\(name): one stream for two lanes", .stops("lane must be from 0 to 0"),
      acting([0, 1], streams: 1))
    add(
      act, "\(name): short observations", .stops("observations must have at least"),
      acting([0, 1]) { acting, policy in acting.observations = .of(2 * policy.observationSize - 1) })
    add(
      act, "\(name): the buffers of another policy", .stops("workspace must be one that this policy"),
      acting([0], streams: nil) { acting, _ in
        acting = Acting(try Self.scene(name == "gru" ? "lstm" : "gru").policy, laneCount: 2)
      })
    add(
      act, "\(name): the memory and the noise of another policy",
      name == "gru" || name == "lstm" ? .stops("memory must have") : .returns,
      acting([0]) { acting, _ in
        let other = Acting(try Policy(featureSize: 2, factors: [.gaussian(1, .exploring)]), laneCount: 1)
        (acting.memory, acting.exploration) = (other.memory, other.exploration)
      })
  }

  static func scene(_ name: String) throws -> Scene {
    guard let policy = try policies().first(where: { $0.0 == name })?.1 else {
      throw PolicyError.size(what: name, found: 0, allowed: "")
    }
    return try Scene(policy)
  }

  /// Evaluates, then changes the arrays, then differentiates.
  private static func differentiate(
    _ name: String, gradient change: Int = 0, weights rows: Int = 3, _ body: (inout Scene) -> Void = { _ in }
  ) throws {
    var scene = try scene(name)
    if name == "indices" { body(&scene) }
    scene.forward()
    body(&scene)
    var gradient: [Float] = .of(scene.policy.learnedCount + change)
    var span = gradient.mutableSpan
    let (θ, actions) = (scene.θ, scene.actions)
    let (policy, given) = (scene.policy, scene.observations)
    policy.accumulateGradient(
      θ, of: actions.span, on: given.span, weights: GradientWeights(rows: rows),
      in: &scene.workspace, into: &span)
  }
}
