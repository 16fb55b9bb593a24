import AscentExperiments
import AscentPythonEnvironments
import AscentRandomness

/// Optuna in the embedded interpreter: the settings that it proposes for one algorithm, and whom it stops early.
///
/// Its generators are seeded from our streams. It is told results in the order of the settings' numbers, so the proposals
/// depend on the results and not on the time at which they arrived.
struct OptunaStudy {
  private let interpreter: Interpreter
  private let plan: SweepPlan
  private let name: String

  /// The first settings of TPE, which come from our streams; it models none before.
  static let firstDraws = 10
  /// The parts of a training after which a pruner is asked.
  static let rungs = 10

  /// Makes a study.
  ///
  /// - Throws: ``ExperimentError`` if Optuna is not installed.
  init(_ plan: SweepPlan, _ algorithm: String, _ interpreter: Interpreter) throws(ExperimentError) {
    (self.interpreter, self.plan, name) = (interpreter, plan, algorithm)
    let seed: UInt32
    do {
      seed = try RandomStream(StreamKey(seed: plan.seed, purpose: .sweeps, lane: 1)).nextUInt32()
    } catch {
      throw .machine("\(error)")
    }
    let answer = try call(
      Self.making,
      [
        ("method", .text(plan.method.rawValue)), ("pruner", .text(plan.pruner.rawValue)),
        ("seed", .unsigned(UInt64(seed))), ("first", .integer(Self.firstDraws)),
        ("parallel", .bool(plan.batchSize > 1)), ("space", .array(plan.ranges.map(\.json))),
      ])
    guard answer.isEmpty else {
      let what =
        plan.method == .random
        ? "pruner = \"\(plan.pruner.rawValue)\"" : "method = \"\(plan.method.rawValue)\""
      throw .usage(
        "\(what) needs the Python package \(answer); install it with \(interpreter.installation.executable ?? "python3") "
          + "-m pip install \(answer), or choose method = \"random\" without a pruner")
    }
  }

  /// Proposes settings.
  ///
  /// - Parameter number: their number, from 0.
  /// - Returns: a value for each range.
  /// - Throws: ``ExperimentError`` of Optuna.
  func ask(_ number: Int) throws(ExperimentError) -> [Assignment] {
    var fixed = JSON.null
    if plan.method == .random || plan.method == .tpe && number < Self.firstDraws {
      let drawn = try plan.draw(number)
      fixed = .array(zip(plan.ranges, drawn).map { $0.number(of: $1.value) })
    }
    let answer = try call(Self.asking, [("fixed", fixed)])
    let numbers = answer.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == plan.ranges.count else { throw .machine("Optuna proposed \(answer)") }
    return zip(plan.ranges, numbers).map { Assignment($0.key, $0.value(of: $1)) }
  }

  /// Tells the result of settings; nil if they failed.
  func tell(_ number: Int, _ score: Double?, isPruned: Bool) throws(ExperimentError) {
    _ = try call(
      Self.telling,
      [
        ("number", .integer(number)), ("score", score.map { .number($0) } ?? .null),
        ("pruned", .bool(isPruned)),
      ])
  }

  /// Reports the return after a part of a training; true if it is to be stopped.
  func report(_ number: Int, _ value: Double, rung: Int) throws(ExperimentError) -> Bool {
    try call(
      Self.reporting, [("number", .integer(number)), ("value", .number(value)), ("rung", .integer(rung))])
      == "True"
  }

  /// Runs a program of Python with arguments, in `a`, and the studies of this process, in `studies`.
  private func call(_ program: String, _ arguments: [(String, JSON)]) throws(ExperimentError) -> String {
    let all = JSON.object([("name", .text(name))] + arguments).line
    do {
      return try interpreter.run(
        "import json, sys, types, warnings\nwarnings.simplefilter('ignore')\na = json.loads(\(JSON.text(all).line))\n"
          + "studies = sys.modules.setdefault('ascent_studies', types.ModuleType('ascent_studies')).__dict__\n"
          + program)
    } catch {
      throw ExperimentError.usage("Optuna: \(error.message)")
    }
  }

  private static let making = """
    result = ''
    try:
        import optuna
        if a['method'] == 'cmaes':
            import cmaes
    except ImportError as error:
        result = error.name or 'optuna'
    if not result:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        if a['method'] == 'tpe':
            sampler = optuna.samplers.TPESampler(
                seed=a['seed'], n_startup_trials=a['first'], constant_liar=a['parallel'])
        elif a['method'] == 'cmaes':
            sampler = optuna.samplers.CmaEsSampler(seed=a['seed'])
        else:
            sampler = optuna.samplers.RandomSampler(seed=a['seed'])
        pruner = {
            'none': optuna.pruners.NopPruner,
            'median': optuna.pruners.MedianPruner,
            'successive-halving': lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3),
            'hyperband': lambda: optuna.pruners.HyperbandPruner(min_resource=1, max_resource=9, reduction_factor=3),
        }[a['pruner']]()
        study = optuna.create_study(direction='maximize', sampler=sampler, pruner=pruner, study_name=a['name'])
        studies[a['name']] = (study, a['space'], [])
    """

  private static let asking = """
    study, space, trials = studies[a['name']]
    if a['fixed'] is not None:
        study.enqueue_trial({one['key']: value for one, value in zip(space, a['fixed'])})
    trial = study.ask()
    trials.append(trial)
    numbers = []
    for one in space:
        if one['kind'] == 'choice':
            numbers.append(trial.suggest_categorical(one['key'], list(range(one['count']))))
        elif one['kind'] == 'integer':
            numbers.append(trial.suggest_int(one['key'], one['low'], one['high']))
        else:
            numbers.append(trial.suggest_float(one['key'], one['low'], one['high'], log=one['kind'] == 'log'))
    result = ' '.join(repr(number) for number in numbers)
    """

  private static let telling = """
    import optuna
    study, _, trials = studies[a['name']]
    state = optuna.trial.TrialState.PRUNED if a['pruned'] else (
        optuna.trial.TrialState.FAIL if a['score'] is None else optuna.trial.TrialState.COMPLETE)
    study.tell(trials[a['number']], a['score'] if state == optuna.trial.TrialState.COMPLETE else None, state=state)
    """

  private static let reporting = """
    trial = studies[a['name']][2][a['number']]
    trial.report(a['value'], a['rung'])
    result = trial.should_prune()
    """
}

extension SweepRange {
  /// The range as Optuna's programs read it.
  fileprivate var json: JSON {
    let key = ("key", JSON.text(key))
    switch kind {
    case .choices(let values):
      return .object([key, ("kind", .text("choice")), ("count", .integer(values.count))])
    case .uniform(let low, let high):
      return .object([key, ("kind", .text("uniform")), ("low", .number(low)), ("high", .number(high))])
    case .logarithmic(let low, let high):
      return .object([key, ("kind", .text("log")), ("low", .number(low)), ("high", .number(high))])
    case .integer(let low, let high):
      return .object([key, ("kind", .text("integer")), ("low", .integer(low)), ("high", .integer(high))])
    }
  }

  /// A value as a number: that of a choice is its index.
  fileprivate func number(of value: SettingValue) -> JSON {
    switch (kind, value) {
    case (.choices(let values), _): .integer(values.firstIndex(of: value) ?? 0)
    case (_, .integer(let whole)): .integer(Int(whole))
    default: .number(value.double ?? .nan)
    }
  }

  /// The value of a number.
  fileprivate func value(of number: Double) -> SettingValue {
    switch kind {
    case .choices(let values): values[min(max(Int(number), 0), values.count - 1)]
    case .integer: .integer(Int64(number))
    case .uniform, .logarithmic: .number(number)
    }
  }
}
